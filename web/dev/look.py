"""Takes pictures of the built page against the mock: light and dark, desk and phone.

Run from web/: `npm run build`, then `MOCK_STATIC=../src/andon/web_dist npm run mock` in another shell, then
`python dev/look.py /tmp/pictures [page ...]`. Prints every request that left the origin and every console error.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ORIGIN = "http://127.0.0.1:8099"
PAGES = {
    "orders": "/orders",
    "subject": "/subjects/production-order/erp:1046",
    "exceptions": "/exceptions",
    "case": "/exceptions?id=31",
    "reach": "/exceptions?id=30",
    "connections": "/connections",
    "missing": "/subjects/WO-9",
    "several": "/subjects/L-22",
    "login": "/login",
}
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
wanted = sys.argv[2:] or list(PAGES)
with sync_playwright() as play:
    browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    for scheme in ("light", "dark"):
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page = context.new_page()
            page.on("console", lambda m: m.type in ("error", "warning") and print(m.type, m.text))
            page.on("pageerror", lambda e: print("page error", e))
            page.on("request", lambda r: r.url.startswith(ORIGIN) or print("LEFT THE ORIGIN", r.url))
            page.goto(ORIGIN + "/login#demo")
            page.wait_for_url("**/orders")
            assert "#" not in page.url, page.url
            for name in wanted:
                page.goto(ORIGIN + PAGES[name])
                page.wait_for_selector("h1, h2", state="attached")
                page.wait_for_timeout(700)
                for full in (False, True):
                    tail = "-full" if full else ""
                    page.screenshot(path=folder / f"{name}-{scheme}-{size}{tail}.png", full_page=full)
            context.close()
    browser.close()
