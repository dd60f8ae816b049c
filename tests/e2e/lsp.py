"""Drives the language server with pytest-lsp, which checks that it keeps to the protocol.

MIRRORLINT=target/debug/mirrorlint pytest -o asyncio_mode=auto tests/e2e/lsp.py

Needs pytest-lsp from PyPI. The checkout is the one that `mirrorlint demo` writes.
"""

import asyncio
import os
import pathlib
import shutil
import subprocess

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

MIRRORLINT = str(pathlib.Path(os.environ.get("MIRRORLINT", "mirrorlint")).resolve())
SETS = "core-services/image-mirroring"
MAPPING = f"{SETS}/acme/mapping_acme_latest"
SUPPLEMENTAL = f"{SETS}/supplemental-ci-images/mapping_supplemental_ci_images_ci"
USER = "ci-operator/config/acme/widget/acme-widget-main.yaml"

pytestmark = pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")


@pytest.fixture
def checkout(tmp_path):
    """The demo's checkout."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([MIRRORLINT, "demo", "--quiet"], env=environment, check=True, capture_output=True)
    (folder,) = tmp_path.glob("mirrorlint-demo-*")
    yield folder
    shutil.rmtree(folder)


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[MIRRORLINT, "lsp"]),
    params=["visual_studio_code", "neovim", "emacs"],
)
async def client(request, lsp_client: LanguageClient, checkout):
    """An editor that has the checkout open, and has seen its diagnostics."""
    folder = types.WorkspaceFolder(uri=checkout.as_uri(), name="release")
    parameters = types.InitializeParams(
        capabilities=client_capabilities(request.param),
        workspace_folders=[folder],
        root_uri=folder.uri,
    )
    await lsp_client.initialize_session(parameters)
    await settled(lsp_client)
    yield
    await lsp_client.shutdown_session()


async def settled(client):
    """Waits until everything that was sent is worked off, the checkout read: an answer comes after that."""
    await client.workspace_symbol_async(types.WorkspaceSymbolParams(query="no such thing"))
    await asyncio.sleep(0)


def asks(client):
    """Whether the client asks for the diagnostics of what it has open, and is not sent them."""
    return client.capabilities.text_document.diagnostic is not None


async def shown(client, uri):
    """The diagnostics that the client shows of a file."""
    if not asks(client):
        return client.diagnostics.get(uri, [])
    document = types.TextDocumentIdentifier(uri=uri)
    report = await client.text_document_diagnostic_async(
        types.DocumentDiagnosticParams(text_document=document)
    )
    return report.items


async def rules(client, uri):
    return [diagnostic.code for diagnostic in await shown(client, uri)]


class Document:
    """An open document."""

    def __init__(self, client, path):
        self.client = client
        self.uri = path.as_uri()
        self.text = path.read_text()
        self.version = 1
        item = types.TextDocumentItem(
            uri=self.uri, language_id="plaintext", version=1, text=self.text
        )
        client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))

    @property
    def identifier(self):
        return types.TextDocumentIdentifier(uri=self.uri)

    async def edit(self, start, end, text):
        """Puts `text` between two positions, each a line and a column of ASCII."""
        lines = self.text.splitlines(keepends=True)
        offset = lambda at: sum(map(len, lines[: at[0]])) + at[1]
        self.text = self.text[: offset(start)] + text + self.text[offset(end) :]
        self.version += 1
        position = lambda at: types.Position(line=at[0], character=at[1])
        span = types.Range(start=position(start), end=position(end))
        change = types.TextDocumentContentChangePartial(range=span, text=text)
        document = types.VersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(text_document=document, content_changes=[change])
        )
        await settled(self.client)

    async def append(self, text):
        end = (len(self.text.splitlines()), 0)
        await self.edit(end, end, text)

    async def close(self):
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(text_document=self.identifier)
        )
        await settled(self.client)


async def test_the_demo_is_shown(client, checkout):
    pushed = {uri for uri, found in client.diagnostics.items() if found}
    assert (checkout / MAPPING).as_uri() in pushed
    assert len(pushed) == 5


async def test_a_bad_destination_is_seen_and_fixed(client, checkout):
    document = Document(client, checkout / MAPPING)
    line = len(document.text.splitlines())
    wrong = "registry.svc.ci.openshift.org/acme/bolt:latest quay.io/acme/bolt:latest\n"
    await document.append(wrong)
    (found,) = [d for d in await shown(client, document.uri) if d.code == "decommissioned-registry"]
    assert found.range.start.line == line
    assert found.severity == types.DiagnosticSeverity.Error
    assert list(found.tags) == [types.DiagnosticTag.Deprecated]
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=document.identifier,
            range=found.range,
            context=types.CodeActionContext(diagnostics=[found]),
        )
    )
    fix = actions[0]
    assert fix.kind == types.CodeActionKind.QuickFix and fix.is_preferred
    if fix.edit.document_changes:
        (edit,) = fix.edit.document_changes[0].edits
    else:
        (edit,) = fix.edit.changes[document.uri]
    start, end = edit.range.start, edit.range.end
    await document.edit((start.line, start.character), (end.line, end.character), edit.new_text)
    assert document.text.endswith(wrong.replace("svc.", ""))
    assert "decommissioned-registry" not in await rules(client, document.uri)


async def test_a_provider_that_goes_is_missed(client, checkout):
    document = Document(client, checkout / SUPPLEMENTAL)
    await document.edit((0, 0), (1, 0), "")
    (found,) = [d for d in await shown(client, document.uri) if d.code == "image-provider-removed"]
    user = (checkout / USER).as_uri()
    assert user in {related.location.uri for related in found.related_information or []} or (
        "named" in found.message or "names" in found.message
    )
    await document.close()
    assert await rules(client, document.uri) == ["docker-io-source"]


async def test_diagnostics_can_be_asked_for(client, checkout):
    if not asks(client):
        pytest.skip("this client does not ask")
    document = Document(client, checkout / MAPPING)
    ask = lambda previous: client.text_document_diagnostic_async(
        types.DocumentDiagnosticParams(
            text_document=document.identifier, previous_result_id=previous
        )
    )
    report = await ask(None)
    assert [d.code for d in report.items] == ["mapping-duplicate-destination"]
    assert (await ask(report.result_id)).kind == "unchanged"
    assert not client.diagnostics.get(document.uri), "what was pushed before is taken back"
    await document.append("registry.ci.openshift.org/acme/bolt:latest\n")
    again = await ask(report.result_id)
    assert again.kind == "full" and again.items[-1].code == "mapping-syntax"
    whole = await client.workspace_diagnostic_async(
        types.WorkspaceDiagnosticParams(previous_result_ids=[])
    )
    assert len(whole.items) == 5
    known = [types.PreviousResultId(uri=i.uri, value=i.result_id) for i in whole.items]
    whole = await client.workspace_diagnostic_async(
        types.WorkspaceDiagnosticParams(previous_result_ids=known)
    )
    assert {item.kind for item in whole.items} == {"unchanged"}
    assert not any(client.diagnostics.values())


async def test_lenses_tell_who_uses_an_image(client, checkout):
    document = Document(client, checkout / SUPPLEMENTAL)
    lenses = await client.text_document_code_lens_async(
        types.CodeLensParams(text_document=document.identifier)
    )
    assert [lens.command.title for lens in lenses] == [
        "mirrored by job periodic-image-mirroring-supplemental-ci-images",
        "1 config uses this",
    ]


async def test_an_image_is_renamed_at_all_who_name_it(client, checkout):
    document = Document(client, checkout / USER)
    line = next(n for n, text in enumerate(document.text.splitlines()) if "name: boskos" in text)
    position = types.Position(line=line, character=len("    name: b"))
    word = await client.text_document_prepare_rename_async(
        types.PrepareRenameParams(text_document=document.identifier, position=position)
    )
    assert word.placeholder == "boskos"
    edit = await client.text_document_rename_async(
        types.RenameParams(
            text_document=document.identifier, position=position, new_name="leaser"
        )
    )
    if edit.document_changes:
        changes = {change.text_document.uri: change.edits for change in edit.document_changes}
    else:
        changes = edit.changes
    assert set(changes) == {document.uri, (checkout / SUPPLEMENTAL).as_uri()}
    assert all(change.new_text.endswith(("leaser", "ci/leaser:latest")) for (change,) in changes.values())


async def test_words_are_highlighted_and_parts_folded(client, checkout):
    document = Document(client, checkout / USER)
    line = next(n for n, text in enumerate(document.text.splitlines()) if text == "  boskos:")
    found = await client.text_document_document_highlight_async(
        types.DocumentHighlightParams(
            text_document=document.identifier, position=types.Position(line=line, character=3)
        )
    )
    assert len(found) == 2 and found[0].range.start.line == line
    folds = await client.text_document_folding_range_async(
        types.FoldingRangeParams(text_document=document.identifier)
    )
    assert (line - 1, line + 3) in {(fold.start_line, fold.end_line) for fold in folds}
