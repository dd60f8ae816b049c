#!/usr/bin/env python3
"""A preprocessor for mdBook: adds the pages that do not lie in docs/, each from the one place where it stands.

These are the page of every rule, the README as the first page, what a contributor reads, and files that pages link to.
Links between all of them lead to the book's pages; a link to any other file of the repository leads to it on the web
where `repository` in Cargo.toml says where that is, and is plain text otherwise.
"""

import json
import os
import pathlib
import re
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[1]
CARGO = (PROJECT / "Cargo.toml").read_text()
# Where a page stands in the repository, and where in the book.
FRONT = ("README.md", "index.md")
BACK = [("CONTRIBUTING.md", "contributing.md"), ("SECURITY.md", "security.md"), ("CHANGELOG.md", "changelog.md")]
FILES = [
    ("rules/conventions.yaml", "conventions.md", "What is taken for granted about openshift/release"),
    ("rules/mirror-job.yaml", "mirror-job.md", "The job that `mirrorlint new` writes"),
    ("tests/data/report.schema.json", "report-schema.md", "The JSON Schema of the report"),
]
FENCE = re.compile(r"^( *)(`{3,})([^`\n]*)\n(.*?)^\1\2$", re.M | re.S)
# A link or a picture, its target without a title.
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def cargo(key: str) -> str:
    found = re.search(rf'^{key} = "([^"]*)"', CARGO, re.M)
    return found[1].rstrip("/") if found else ""


def rule_ids() -> list[str]:
    return sorted(path.stem for path in (PROJECT / "rules").glob("*.md") if not path.name.startswith("_"))


def places() -> dict[str, str]:
    """The path of every page in the repository, to its path in the book."""
    pages = dict([FRONT, *BACK, *((file, page) for file, page, _ in FILES)])
    pages |= {f"rules/{rule}.md": f"rules/{rule}.md" for rule in rule_ids()}
    return pages | {f"docs/{path.name}": path.name for path in (PROJECT / "docs").glob("*.md")}


PLACES = places()


def outside_fences(text: str, change) -> str:
    """`text` with `change` done to what is no code block."""
    parts, at = [], 0
    for fence in FENCE.finditer(text):
        parts += [change(text[at : fence.start()]), fence[0]]
        at = fence.end()
    return "".join([*parts, change(text[at:])])


def with_links(text: str, here: str, page: str) -> str:
    """`text` of the file `here`, with links as the book's page `page` needs them."""

    def link(found: re.Match) -> str:
        picture, label, target = found.groups()
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        path, _, anchor = target.partition("#")
        file = os.path.normpath(os.path.join(os.path.dirname(here), path))
        if not (PROJECT / file).exists():
            sys.exit(f"{here}: there is no {file}")
        anchor = f"#{anchor}" if anchor else ""
        place = PLACES.get(file) or (file.removeprefix("docs/") if picture else None)
        if place:
            at = f"({os.path.relpath(place, os.path.dirname(page) or '.')}{anchor})"
            # On a phone a screenshot can be read once it is opened alone.
            return f"[![{label}]{at}]{at}" if picture else f"[{label}]{at}"
        if repository := cargo("repository"):
            return f"[{label}]({repository}/blob/v{cargo('version')}/{file}{anchor})"
        return label if "`" in label else f"`{file}`"

    return outside_fences(text, lambda part: LINK.sub(link, part))


def front_matter(text: str) -> tuple[str, str]:
    matter, body = re.fullmatch(r"---\n(.*?)^---\n(.*)", text, re.M | re.S).groups()
    return matter, body


def value(matter: str, key: str) -> str:
    found = re.search(rf"^{key}: *([^#\n]*)", matter, re.M)
    return found[1].strip() if found else ""


def in_the_past(rule: str) -> str:
    """What docs/incidents.md counts of the rule."""
    row = re.search(rf"^\| `{rule}` \| (\d+) \| (\d+) \| (\d+) \|", (PROJECT / "docs/incidents.md").read_text(), re.M)
    if not row:
        return ""
    commits, findings, gone = (int(count) for count in row.groups())
    of = "1 commit" if commits == 1 else f"{commits} commits"
    brought = "1 finding" if findings == 1 else f"{findings} findings"
    said = f"**In 2024**, {of} of openshift/release brought {brought}; {gone} went away again."
    return f"{said} [The incidents](../docs/incidents.md)\n\n"


def rule_page(rule: str) -> str:
    matter, body = front_matter((PROJECT / f"rules/{rule}.md").read_text())
    severity = value(matter, "severity")
    facts = [f"`{rule}`: {severity}"]
    if (introduced := value(matter, "introduced")) and introduced != severity:
        facts.append(f"{introduced} where a change brings it")
    if value(matter, "reports") == "changed":
        facts.append("reported for what a change brings; `--all` shows the rest")
    if fixes := value(matter, "fixes").strip("[]"):
        facts.append(f"has fixes ({fixes})")
    title, text = body.lstrip().split("\n", 1)
    params = re.search(r"^params:\n((?:[ #-].*\n)+)", matter, re.M)
    configured = f"\n## Parameters\n\n```yaml\n{params[0]}```\n" if params else ""
    silence = f"""
## To silence it

One finding, with a reason, on its line or the line above:

```text
# mirrorlint: ignore[{rule}] why it is right here
```

Everywhere, in `.mirrorlint.yaml`; `warning` or `hint` in place of `off` lower it. More in
[Configuration](../docs/configuration.md).

```yaml
rules:
  {rule}: off
```
"""
    explanation, *examples = re.split(r"^(?=## )", text, flags=re.M)
    page = f"{title}\n\n{', '.join(facts)}.\n{explanation.rstrip()}\n\n{in_the_past(rule)}"
    return page + silence.lstrip() + configured + "\n" + FENCE.sub(example, "".join(examples))


def example(fence: re.Match) -> str:
    """A block of an example: the file above it, as the tests take it."""
    *_, info, text = fence.groups()
    language, *words = info.split()
    path = next((word.removeprefix("path=") for word in words if word.startswith("path=")), "")
    if "absent" in words:
        return f"`{path}` is deleted.\n"
    after = ", after `--fix`" if "fixed" in words else ""
    return f"`{path}`{after}:\n\n```{language}\n{text}```\n" if path else fence[0]


def chapter(name: str, text: str, here: str, page: str, above: dict | None = None, nth: int = 0) -> dict:
    """A page, perhaps the nth below the chapter `above`."""
    return {
        "Chapter": {
            "name": name.replace("`", ""),
            "content": with_links(text, here, page),
            "number": [*above["number"], nth] if above else None,
            "sub_items": [],
            "path": page,
            "source_path": None,
            "parent_names": [above["name"]] if above else [],
        }
    }


def title(text: str) -> str:
    return re.search(r"^# (.+)$", text, re.M)[1]


def with_pages(items: list) -> list:
    for item in items:
        if not (own := item.get("Chapter") if isinstance(item, dict) else None):
            continue
        own["content"] = with_links(own["content"], f"docs/{own['path']}", own["path"])
        if own["path"] == "rules.md":
            own["sub_items"] = [
                chapter(rule, rule_page(rule), f"rules/{rule}.md", f"rules/{rule}.md", own, nth)
                for nth, rule in enumerate(rule_ids(), 1)
            ]
    front = (PROJECT / FRONT[0]).read_text()
    items.insert(0, chapter(title(front), front, *FRONT))
    for file, page in BACK:
        text = (PROJECT / file).read_text()
        items.append(chapter(title(text), text, file, page))
    items.append({"PartTitle": "Files"})
    for file, page, name in FILES:
        language = pathlib.Path(file).suffix[1:]
        text = f"# {name}\n\n`{file}`\n\n```{language}\n{(PROJECT / file).read_text().rstrip()}\n```\n"
        items.append(chapter(name, text, file, page))
    return items


def main() -> None:
    if sys.argv[1:2] == ["supports"]:
        return
    _, book = json.load(sys.stdin)
    book["items"] = with_pages(book["items"])
    json.dump(book, sys.stdout)


main()
