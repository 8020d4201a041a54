import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const api = process.env.ANDON_API ?? 'http://127.0.0.1:8099';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: process.env.ANDON_WEB_OUT ?? '../src/andon/web_dist',
    emptyOutDir: true,
    // Data addresses would need `data:` in the content security policy.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/v1': api, '/healthz': api } },
  test: { include: ['src/**/*.test.ts'] },
});
