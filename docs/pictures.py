#!/usr/bin/env python3
"""Makes the book's pictures anew, in docs/images: the HTML report, the comment on a pull request, and VS Code.

    docs/pictures.py MIRRORLINT

The first two show what the built-in demo brings, in headless Chromium; the third is a picture of the extension
(CONTRIBUTING.md says how that is made), with fewer colours. Needs Chromium, git, and markdown-it-py and pillow from
pip. What a terminal shows is an SVG that tests/suite/readme.rs makes.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import PIL.Image
import PIL.ImageChops
from markdown_it import MarkdownIt

PROJECT = pathlib.Path(__file__).resolve().parents[1]
IMAGES = PROJECT / "docs/images"
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
WEB = "https://github.com/openshift/release/blob/0a1b2c3"
SUPPLEMENTAL = "core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_ci"
ACME = "core-services/image-mirroring/acme/mapping_acme_latest"
# What GitHub's style sheet does to a comment.
PAGE = """<!doctype html>
<meta charset="utf-8">
<style>
body {{ margin: 0; padding: 16px; background: #fff; }}
main {{ border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden; color: #1f2328;
  font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, "DejaVu Sans", sans-serif; }}
header {{ padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; color: #59636e; }}
header b {{ color: #1f2328; }}
article {{ padding: 16px; }}
article > :first-child {{ margin-top: 0; }}
article > :last-child {{ margin-bottom: 0; }}
p, table, details {{ margin: 0 0 16px; }}
a {{ color: #0969da; }}
code, pre {{ font: 12px/1.45 ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace; }}
code {{ padding: .2em .4em; border-radius: 6px; background: #818b981f; }}
pre {{ padding: 12px; border-radius: 6px; background: #f6f8fa; white-space: pre-wrap; overflow-wrap: anywhere; }}
pre code {{ padding: 0; background: none; font: inherit; }}
ins, del {{ text-decoration: none; display: block; }}
ins {{ background: #dafbe1; }}
del {{ background: #ffebe9; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: 6px 13px; border: 1px solid #d1d9e0; overflow-wrap: anywhere; }}
th:first-child, td:first-child {{ white-space: nowrap; overflow-wrap: normal; }}
tr:nth-child(2n) {{ background: #f6f8fa; }}
</style>
<main>
<header><b>github-actions</b> commented</header>
<article>{}</article>
</main>
"""


def ran(*command: str | pathlib.Path, cwd: pathlib.Path | None = None, status: int = 0) -> str:
    """What the command says on standard error, which is where the demo says where it is."""
    done = subprocess.run(command, cwd=cwd, check=False, text=True, capture_output=True)
    if done.returncode != status:
        sys.exit(f"{command}: status {done.returncode}, not {status}\n{done.stderr}")
    return done.stderr


def git(folder: pathlib.Path, *arguments: str) -> None:
    ran("git", "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments, cwd=folder)


def demo(binary: pathlib.Path, work: pathlib.Path) -> pathlib.Path:
    """The demo's checkout, moved to a path that is the same each time."""
    said = ran(binary, "demo", "--quiet")
    folder = pathlib.Path(re.search(r"mirrorlint check (.+)", said)[1])
    return pathlib.Path(shutil.move(folder, work / "release"))


def as_github_shows(comment: str) -> str:
    """The comment as a page; the lines of a diff have their colours, and the fixes are unfolded."""
    body = MarkdownIt("gfm-like", {"html": True}).disable("linkify").render(comment)
    body = body.replace("<details>", "<details open>")

    def coloured(found: re.Match) -> str:
        lines = found[2].splitlines()
        names = {"+": "ins", "-": "del"}
        shown = (f"<{names[line[0]]}>{line}</{names[line[0]]}>" if line[:1] in names else f"{line}\n" for line in lines)
        return f"{found[1]}{''.join(shown)}</code>"

    return PAGE.format(re.sub(r'(<code class="language-diff">)(.*?)</code>', coloured, body, flags=re.S))


def change(checkout: pathlib.Path) -> None:
    """A change to the demo's checkout: takes an image away that another team uses, and mirrors one from a host that is
    gone, to the place of another."""
    owners = checkout / "ci-operator/config/acme/widget/OWNERS"
    owners.write_text("approvers:\n- alice\n- bob\n")
    git(checkout, "init", "--quiet", "--initial-branch=main")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message=base")
    supplemental, acme = checkout / SUPPLEMENTAL, checkout / ACME
    supplemental.write_text("".join(line for line in supplemental.open() if "boskos" not in line))
    with acme.open("a") as mapping:
        mapping.write("registry.svc.ci.openshift.org/acme/widget:latest quay.io/acme/gadget\n")
    git(checkout, "commit", "--quiet", "--all", "--message=change")


def picture(page: pathlib.Path, name: str, width: int, height: int) -> None:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("no Chromium; apt-get install chromium")
    shot = page.with_suffix(".png")
    ran(program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=2",
        f"--user-data-dir={page.parent / 'profile'}", f"--window-size={width},{height}", f"--screenshot={shot}",
        page.as_uri())
    keep(shot, name, 64)


def keep(shot: pathlib.Path, name: str, colours: int) -> None:
    """The shot, without what is empty below and with fewer colours, as docs/images/NAME."""
    image = PIL.Image.open(shot).convert("RGB")
    empty = PIL.Image.new("RGB", image.size, image.getpixel((0, image.height - 1)))
    *_, bottom = PIL.ImageChops.difference(image, empty).getbbox()
    image = image.crop((0, 0, image.width, min(image.height, bottom + 32)))
    image = image.quantize(colours, dither=PIL.Image.Dither.NONE)
    image.save(IMAGES / name, optimize=True)
    print(f"docs/images/{name}: {(IMAGES / name).stat().st_size // 1000} kB")


def main() -> None:
    binary = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        checkout = demo(binary, work)
        report, comment = work / "report.html", work / "comment.md"
        ran(binary, "check", checkout, "--quiet", f"--output=html={report}", status=1)
        picture(report, "html-report.png", 960, 744)
        change(checkout)
        ran(binary, "check", checkout, "--base=HEAD~1", "--quiet", f"--link-base={WEB}",
            f"--output=markdown={comment}", status=1)
        page = work / "comment.html"
        page.write_text(as_github_shows(comment.read_text()))
        picture(page, "comment.png", 900, 1400)
    keep(PROJECT / "editors/vscode/pictures/problems.png", "vscode.png", 128)


main()
