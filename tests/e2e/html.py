#!/usr/bin/env python3
"""Reads the HTML report in a real browser: filters, keys, hostile text, 5,000 findings.

    tests/e2e/html.py MIRRORLINT [SCREENSHOT_FOLDER]

Needs Chromium. It is driven over its DevTools protocol,
<https://chromedevtools.github.io/devtools-protocol/>, through a pipe.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
HOSTILE = [
    "</script><script>document.title='forged'</script>",
    "\"><img/src=x/onerror=document.title='forged'>",
    "<svg/onload=document.title='forged'>",
    "\u202egnp.exe",
    "\x1b[31m",
    "𝕏",
]


class Browser:
    def __init__(self, profile):
        program = next(filter(None, map(shutil.which, BROWSERS)), None)
        if program is None:
            sys.exit("FAILED: no Chromium; apt-get install chromium")
        to_read, self.to = os.pipe()
        self.source, to_write = os.pipe()

        def as_expected():
            # Above 4 first, lest one takes the other's place.
            ends = os.dup(os.dup(to_read)), os.dup(os.dup(to_write))
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--window-size=1200,900", f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            preexec_fn=as_expected, close_fds=False, stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self.answers = open(self.source, "rb", buffering=0)
        self.rest = b""
        self.count = 0
        self.session = None
        self.events = []
        page = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")

    def message(self):
        while b"\0" not in self.rest:
            part = os.read(self.source, 1 << 16)
            if not part:
                sys.exit("FAILED: the browser ended")
            self.rest += part
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        self.count += 1
        request = {"id": self.count, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.count:
                if "error" in answer:
                    sys.exit(f"FAILED: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, path):
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def value(self, expression, wait=False):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=wait)
        if "exceptionDetails" in answer:
            sys.exit(f"FAILED: {expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key):
        for kind in ["keyDown", "keyUp"]:
            text = {"text": key} if len(key) == 1 and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, **text)

    def fill(self, name, text):
        self.value(f"(() => {{ const e = document.getElementById({json.dumps(name)});"
                   f" e.value = {json.dumps(text)};"
                   " e.dispatchEvent(new Event('input', {bubbles: true})); })()")

    def screen(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)

    def picture(self, path, scheme):
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        data = self.call("Page.captureScreenshot")["data"]
        path.write_bytes(base64.b64decode(data))

    def close(self):
        os.write(self.to, b'{"id": 0, "method": "Browser.close"}\0')
        self.process.wait(timeout=30)


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"FAILED: {what}: {found!r}, not {wanted!r}")
    print(f"ok: {what}")


def report(binary, root, *lines_of_files):
    folder = root / "core-services/image-mirroring/acme"
    for number, lines in enumerate(lines_of_files):
        path = folder / f"part{number % 2}" / f"mapping_{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines))
    page = root / "page.html"
    subprocess.run([binary, "check", root, "--select", "mapping-syntax,mapping-hostless-reference",
                    "--fail-on", "never", "--output", f"html={page}"], check=True)
    return page


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        hostile = [f"registry.ci.openshift.org/a/b:1 {text} extra" for text in HOSTILE]
        small = report(binary, work / "small", hostile, ["alone"], [], ["other"])
        large = report(binary, work / "large", *[["alone"] * 500] * 10)
        browser = Browser(work / "profile")

        browser.open(small)
        count = browser.value("document.querySelectorAll('article').length")
        shown = "document.getElementById('shown').value"
        visible = "[...document.querySelectorAll('article')].filter(a => a.checkVisibility()).length"
        expect("every finding is there", count >= len(HOSTILE) + 2, True)
        expect("the script ran", browser.value(shown), f"{count} of {count} shown")
        expect("nothing forged ran", browser.value("document.title"), f"mirrorlint: {count} findings")
        expect("no foreign element", browser.value("document.querySelectorAll('img, svg').length"), 0)
        forged = ("(() => { const s = document.createElement('script');"
                  " s.textContent = \"document.title='forged'\"; document.body.append(s);"
                  " document.body.insertAdjacentHTML('beforeend',"
                  " '<b onclick=\"document.title=1\">'); document.body.lastChild.click();"
                  " return document.title; })()")
        expect("the policy stops what an escape would not", browser.value(forged),
               f"mirrorlint: {count} findings")

        browser.open(small)
        browser.press("/")
        expect("/ goes to the text", browser.value("document.activeElement.id"), "text")
        browser.fill("text", "alone")
        expect("text filters", browser.value(visible), 1)
        browser.press("Escape")
        expect("Escape shows all", browser.value(visible), count)
        browser.fill("folder", "core-services/image-mirroring/acme/part1")
        expect("a folder filters", browser.value(visible), 2)
        browser.fill("folder", "core-services/image-mirroring/acme/part")
        expect("a folder's name counts whole", browser.value(visible), 0)
        browser.fill("folder", "")
        browser.fill("severity", "warning")
        expect("severity filters", browser.value(visible), 0)
        browser.fill("severity", "")
        browser.fill("rule", "mapping-syntax")
        by_rule = "document.querySelectorAll('article[data-rule=mapping-syntax]').length"
        expect("a rule filters", browser.value(visible), browser.value(by_rule))
        address = "location.hash"
        expect("the address holds the filter", browser.value(address), "#rule=mapping-syntax")
        browser.value("location.hash = '#text=alone&severity=error'")
        browser.value("new Promise(done => setTimeout(done, 50))", True)
        expect("and a filter comes from the address", browser.value(visible), 1)
        browser.press("Escape")
        expect("Escape empties the address", browser.value(address), "")
        row = "document.querySelector('#summary a[href*=syntax]')"
        browser.value(f"{row}.click()")
        browser.value("new Promise(done => setTimeout(done, 50))", True)
        expect("a row of the summary filters", browser.value(visible), browser.value(by_rule))
        browser.press("Escape")
        browser.press("j")
        browser.press("j")
        browser.press("k")
        first = "document.activeElement === document.querySelector('article')"
        expect("j and k step", browser.value(first), True)
        if len(sys.argv) > 2:
            folder = pathlib.Path(sys.argv[2])
            folder.mkdir(parents=True, exist_ok=True)
            for scheme in ["light", "dark"]:
                browser.picture(folder / f"{scheme}.png", scheme)

        browser.screen(390, 844)
        browser.open(small)
        top = "document.querySelector('article').getBoundingClientRect().top"
        expect("a phone's screen shows findings", browser.value(f"{top} < 844 / 3"), True)
        browser.value("scrollTo(0, 400)")
        kept = ("[...document.querySelectorAll('body *')].filter(e =>"
                " ['sticky', 'fixed'].includes(getComputedStyle(e).position)).length")
        expect("and nothing stays in their way", browser.value(kept), 0)
        expect("nothing is wider than a phone",
               browser.value("document.documentElement.scrollWidth <= innerWidth"), True)
        if len(sys.argv) > 2:
            browser.value("scrollTo(0, 0)")
            browser.picture(folder / "phone.png", "light")
        browser.screen(1200, 900)

        browser.open(large)
        expect("5,000 findings load", browser.value("document.querySelectorAll('article').length"),
               5000)
        took = browser.value("(() => { const t = performance.now();"
                             " const e = document.getElementById('text'); e.value = 'part1 alone';"
                             " e.dispatchEvent(new Event('input', {bubbles: true}));"
                             " document.body.offsetHeight; return performance.now() - t; })()")
        expect("and are filtered", browser.value(visible), 2500)
        expect(f"in less than a second ({took:.0f} ms)", took < 1000, True)
        loaded = {event["params"]["request"]["url"].split(":")[0] for event in browser.events
                  if event.get("method") == "Network.requestWillBeSent"}
        expect("nothing is loaded from elsewhere", loaded - {"file"}, set())
        browser.close()
    print("all passed")


main()
