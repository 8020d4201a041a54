// SAP's mock server on our metadata: node server.js <folder of edmx> <folder of rows>.
// It hands out CSRF tokens and does not check them, so this does, as a gateway would.
const crypto = require('node:crypto');
const express = require('express');
const MockServer = require('@sap-ux/fe-mockserver-core').default;

const [edmx, rows] = process.argv.slice(2);
const names = ['API_PRODUCTION_ORDER_2_SRV', 'API_MATERIAL_DOCUMENT_SRV'];
const tokens = new Set();

function guard(request, response, next) {
    const said = request.headers['x-csrf-token'];
    if (request.method === 'GET' || request.method === 'HEAD') {
        if (said && said.toLowerCase() === 'fetch') {
            const token = crypto.randomBytes(12).toString('hex');
            tokens.add(token);
            const set = response.setHeader.bind(response);
            set('x-csrf-token', token);
            response.setHeader = (name, value) =>
                name.toLowerCase() === 'x-csrf-token' ? response : set(name, value);
        }
        return next();
    }
    if (tokens.has(said)) {
        return next();
    }
    return response.status(403).set('x-csrf-token', 'Required').send('CSRF token validation failed');
}

async function main() {
    const mock = new MockServer({
        services: names.map((name) => ({
            urlPath: `/sap/opu/odata/sap/${name}`,
            metadataPath: `${edmx}/${name}.edmx`,
            mockdataPath: `${rows}/${name}`,
            generateMockData: false,
            strictKeyMode: true,
        })),
        annotations: [],
        plugins: [],
        contextBasedIsolation: false,
    });
    await mock.isReady;
    const app = express();
    app.use(guard);
    app.use(mock.getRouter());
    const server = app.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
}

main();
