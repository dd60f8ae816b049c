// What a contributor does in a checkout: reads, follows, completes, repairs, renames.

import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

import * as vscode from 'vscode';

import * as support from '../support/session.ts';

const { commands, window, workspace } = vscode;
const { until } = support;

const acme = 'core-services/image-mirroring/acme/mapping_acme_1_0';
const supplemental = 'core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_ci';
const config = 'ci-operator/config/acme/widget/acme-widget-main.yaml';
const otherConfig = 'ci-operator/config/acme/gadget/acme-gadget-main.yaml';
const jobs = 'ci-operator/jobs/infra-image-mirroring.yaml';
const owners = 'core-services/image-mirroring/acme/OWNERS';

const acmeFound = [
  '2: mapping-duplicate-destination',
  '3: mapping-syntax',
  '4: decommissioned-registry',
  '5: placeholder',
];

export const run = support.session(() => {
  const checkout = new support.Checkout(workspace.workspaceFolders![0]!.uri.fsPath);
  let before: string[];

  teardown(async () => {
    if (before !== undefined) {
      await checkout.reset(before);
    }
  });

  test('starts in a checkout, with no file open', async () => {
    await until('the extension is active', () => support.extension().isActive);
    assert.equal(window.activeTextEditor, undefined);
  });

  test('is the installed VSIX, with the program and the license in it', () => {
    const { extensionPath, packageJSON } = support.extension();
    assert.equal(path.dirname(extensionPath), path.join(process.env['TESTS_WORK']!, 'extensions'));
    const files = fs.readdirSync(extensionPath, { recursive: true }) as string[];
    for (const wanted of ['bin/mirrorlint', 'dist/extension.js', 'icon.png', 'LICENSE.txt', 'changelog.md']) {
      assert.ok(files.includes(wanted), `${wanted} is not among ${files.join(', ')}`);
    }
    assert.deepEqual(
      files.filter((file) => /node_modules|\.ts$/.test(file)),
      [],
    );
    const version = execFileSync(path.join(extensionPath, 'bin/mirrorlint'), ['--version'], { encoding: 'utf8' });
    assert.equal(version.split(' ')[1]?.trim(), packageJSON.version);
  });

  test('reports what is wrong in files that are not open', async () => {
    await checkout.finds(acme, ...acmeFound);
    before = await checkout.settled();
    const severities = vscode.languages.getDiagnostics(checkout.uri(acme)).map(({ severity }) => severity);
    assert.ok(severities.every((severity) => severity === vscode.DiagnosticSeverity.Error));
  });

  test('counts errors and warnings in the status bar; a click shows them', async () => {
    const all = vscode.languages.getDiagnostics().flatMap(([, found]) => found);
    const errors = all.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error).length;
    const warnings = all.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Warning).length;
    await until(
      'the counts',
      async () => (await support.status()) === `mirrorlint ${errors} ${warnings}`,
      support.status,
    );
    await support.drive({ act: 'click', selector: '.statusbar-item[id^="mirrorlint.mirrorlint"] a' });
    await until('the list', async () => (await support.texts('.markers-panel')).join().includes('mapping_acme_1_0'));
    await checkout.open(acme);
    await support.pictureOf('problems', '.squiggly-error', '.codelens-decoration');
    await commands.executeCommand('workbench.action.closePanel');
  });

  test('reports edits before they are saved, and takes them back', async () => {
    const editor = await checkout.open(acme);
    await support.replace(editor, 'quay.io/my-organization/flange:1.0', 'quay.io/acme/flange');
    await checkout.finds(acme, ...acmeFound.slice(0, 3));
    await commands.executeCommand('undo');
    await checkout.finds(acme, ...acmeFound);
  });

  test('knows mapping files and OWNERS files by their names', async () => {
    assert.equal((await checkout.open(acme)).document.languageId, 'mirror-mapping');
    assert.equal((await checkout.open(owners)).document.languageId, 'yaml');
    assert.equal((await checkout.open('OWNERS_ALIASES')).document.languageId, 'yaml');
  });

  test('colours mapping files', async () => {
    const editor = await checkout.open(acme);
    await commands.executeCommand('editor.action.inspectTMScopes');
    const shows = async (text: string, ...scopes: string[]): Promise<void> => {
      const at = position(editor.document, text).translate(0, 1);
      editor.selection = new vscode.Selection(at, at);
      const seen = async (): Promise<string> => (await support.texts('.token-inspect-widget')).join();
      await until(
        `${scopes.join()} of ${text}`,
        async () => {
          const shown = await seen();
          return scopes.every((scope) => shown.includes(`${scope}.mirror-mapping`));
        },
        seen,
      );
    };
    await shows('# Images', 'comment.line.number-sign');
    await shows('registry.ci.openshift.org', 'meta.source', 'entity.name.namespace.registry');
    await shows('acme/widget', 'meta.source', 'string.unquoted.repository');
    await shows('quay.io', 'meta.destination', 'entity.name.namespace.registry');
    await shows('1.0 quay.io', 'constant.numeric.tag');
    await support.drive({ act: 'press', key: 'Escape' });
  });

  test('toggles comments in mapping files', async () => {
    const editor = await checkout.open(acme);
    editor.selection = new vscode.Selection(2, 0, 2, 0);
    await commands.executeCommand('editor.action.commentLine');
    assert.equal(editor.document.lineAt(2).text, '# registry.ci.openshift.org/acme/gadget:1.0');
    await checkout.finds(acme, ...acmeFound.filter((found) => !found.endsWith('syntax')));
    await commands.executeCommand('editor.action.commentLine');
    await checkout.finds(acme, ...acmeFound);
  });

  test('says in a hover who provides and uses an image', async () => {
    const { document } = await checkout.open(config);
    const at = position(document, 'name: boskos', 'boskos');
    const hovers = await commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, at);
    const text = hovers
      .flatMap(({ contents }) => contents as vscode.MarkdownString[])
      .map(({ value }) => value)
      .join();
    assert.match(text, /boskos/);
    assert.match(text, /mapping_supplemental_ci_images_ci/);
    assert.match(text, /gcr\.io\/k8s-staging-boskos/);
    window.activeTextEditor!.selection = new vscode.Selection(at, at);
    await commands.executeCommand('editor.action.showHover');
    await until('it is shown', async () => (await support.texts('.monaco-hover')).join().includes('boskos'));
    await support.drive({ act: 'picture', name: 'hover' });
  });

  test('goes from a base image to the mapping line that provides it', async () => {
    const { document } = await checkout.open(config);
    const at = position(document, 'name: boskos', 'boskos');
    type Found = (vscode.Location | vscode.LocationLink)[];
    const found = await commands.executeCommand<Found>('vscode.executeDefinitionProvider', document.uri, at);
    const places = found.map((place) => ('uri' in place ? place.uri : place.targetUri));
    assert.deepEqual(
      places.map(({ fsPath }) => path.relative(checkout.root, fsPath)),
      [supplemental],
    );
  });

  test('goes from a mapping line to all configs that use its image', async () => {
    const { document } = await checkout.open(supplemental);
    const at = position(document, 'ci/boskos:latest', 'boskos');
    const found = await commands.executeCommand<vscode.Location[]>('vscode.executeReferenceProvider', document.uri, at);
    const files = new Set(found.map(({ uri }) => path.relative(checkout.root, uri.fsPath)));
    assert.ok(files.has(config) && files.has(otherConfig), [...files].join());
  });

  test('completes the names of images', async () => {
    const editor = await checkout.open(config);
    await support.replace(editor, 'name: boskos', 'name: ');
    const at = position(editor.document, 'name: \n').translate(0, 'name: '.length);
    const list = await until('something is offered', async () => {
      const found = await commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        editor.document.uri,
        at,
      );
      const labels = found.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return labels.includes('boskos') && labels;
    });
    assert.ok(list.includes('golang'), list.join());
  });

  test('repairs what has one right answer', async () => {
    const { document } = await checkout.open(acme);
    const at = position(document, 'registry.svc.ci.openshift.org');
    await checkout.finds(acme, ...acmeFound);
    const actions = await commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(at, at),
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ isPreferred }) => isPreferred);
    assert.ok(fix?.edit, JSON.stringify(actions.map(({ title }) => title)));
    assert.ok(await workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /^registry\.ci\.openshift\.org\/acme\/sprocket:1\.0 /m);
    await checkout.finds(acme, ...acmeFound.filter((found) => !found.endsWith('decommissioned-registry')));
  });

  test('shows what it can repair in the menu of the light bulb', async () => {
    const editor = await checkout.open(acme);
    const at = position(editor.document, 'registry.svc.ci.openshift.org');
    editor.selection = new vscode.Selection(at, at);
    await checkout.finds(acme, ...acmeFound);
    await commands.executeCommand('editor.action.quickFix');
    await until('the menu', async () =>
      (await support.texts('.action-widget')).join().includes('registry.ci.openshift.org'),
    );
    await support.drive({ act: 'picture', name: 'quick-fix' });
    await support.drive({ act: 'press', key: 'Escape' });
  });

  test('links what stands in another file', async () => {
    const { document } = await checkout.open(config);
    const links = await commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri);
    const found = links.map(({ range, target }) => `${document.getText(range)}: ${target?.path}`);
    assert.deepEqual(found, [`boskos: ${path.join(checkout.root, supplemental)}`]);
  });

  test('lists the symbols of a file', async () => {
    const found = await until('symbols', async () => {
      const uri = checkout.uri(acme);
      const symbols = await commands.executeCommand<vscode.DocumentSymbol[]>(
        'vscode.executeDocumentSymbolProvider',
        uri,
      );
      return symbols !== undefined && symbols.length > 0 && symbols;
    });
    assert.ok(
      found.some(({ name }) => name.includes('quay.io/acme/widget:1.0')),
      found.map(({ name }) => name).join(),
    );
  });

  test('says above a mapping line who uses its image; a click lists them', async () => {
    const { document } = await checkout.open(supplemental);
    const lenses = await until('a lens', async () => {
      const found = await commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 9);
      return found.length > 0 && found;
    });
    const lens = lenses.find(({ command }) => command?.command === 'mirrorlint.showReferences');
    assert.match(lens?.command?.title ?? '', /\b2 configs\b/);
    await until('it is on the screen', async () => (await support.texts('.codelens-decoration')).length > 0);
    await support.drive({ act: 'click', selector: '.codelens-decoration a' });
    await until('the configs', async () => {
      const shown = (await support.texts('.peekview-widget')).join();
      return shown.includes('acme-widget-main.yaml') || shown.includes('acme-gadget-main.yaml');
    });
    await support.drive({ act: 'picture', name: 'code-lens' });
  });

  test('shows lenses only where they are wanted', async () => {
    await checkout.open(supplemental);
    const shown = async (): Promise<number> => (await support.texts('.codelens-decoration')).length;
    await until('lenses', async () => (await shown()) > 0);
    const { Global } = vscode.ConfigurationTarget;
    for (const languageId of [undefined, 'mirror-mapping']) {
      const scope = languageId === undefined ? undefined : { languageId };
      const settings = workspace.getConfiguration('mirrorlint', scope);
      await settings.update('codeLens', false, Global, scope !== undefined);
      await until('none', async () => (await shown()) === 0);
      await settings.update('codeLens', undefined, Global, scope !== undefined);
      await until('lenses again', async () => (await shown()) > 0);
    }
  });

  test('marks other places of the same image in a file', async () => {
    const { document } = await checkout.open(config);
    const at = position(document, 'from: boskos', 'boskos');
    type Found = vscode.DocumentHighlight[];
    const found = await commands.executeCommand<Found>('vscode.executeDocumentHighlights', document.uri, at);
    const lines = found.map(({ range }) => document.lineAt(range.start.line).text.trim());
    assert.ok(lines.includes('- from: boskos') && lines.includes('boskos:'), lines.join());
  });

  test('folds a run of mapping lines or comments', async () => {
    const { document } = await checkout.open(acme);
    type Found = vscode.FoldingRange[];
    const found = await commands.executeCommand<Found>('vscode.executeFoldingRangeProvider', document.uri);
    assert.ok((found ?? []).length > 0, JSON.stringify(found));
  });

  test('renames an image where it is provided and where it is used', async () => {
    const { document } = await checkout.open(supplemental);
    const at = position(document, 'ci/boskos:latest', 'boskos');
    type Prepared = { range: vscode.Range; placeholder: string };
    const prepared = await commands.executeCommand<Prepared>('vscode.prepareRename', document.uri, at);
    const name = prepared.placeholder.replace('boskos', 'leaser');
    const edit = await commands.executeCommand<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      at,
      name,
    );
    assert.ok(await workspace.applyEdit(edit));
    await support.saveAll();
    assert.match(checkout.read(supplemental), /registry\.ci\.openshift\.org\/ci\/leaser:latest/);
    for (const file of [config, otherConfig]) {
      assert.match(checkout.read(file), /name: leaser\n/);
    }
  });

  test('renames a mapping file together with the prefix of its job', async () => {
    const folder = 'core-services/image-mirroring/solo';
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(checkout.uri(`${folder}/mapping_solo_1`), checkout.uri(`${folder}/mapping_solo_2`));
    assert.ok(await workspace.applyEdit(edit));
    await support.saveAll();
    assert.ok(fs.existsSync(path.join(checkout.root, folder, 'mapping_solo_2')));
    assert.match(checkout.read(jobs), /value: mapping_solo_2\n/);
    await checkout.findsAll(before);
  });

  test("opens a rule's page", async () => {
    await commands.executeCommand('mirrorlint.openRule', 'mapping-syntax');
    await showsRulePage();
    await support.drive({ act: 'picture', name: 'rule' });
  });

  test("opens a rule's page by a click on a finding's rule", async () => {
    await checkout.open(acme);
    await commands.executeCommand('workbench.actions.view.problems');
    const link = '.markers-panel a.marker-code[title*="mapping-syntax"], .markers-panel a:has-text("mapping-syntax")';
    await until('the finding', async () => (await support.texts(link)).length > 0);
    await support.drive({ act: 'click', selector: link });
    await showsRulePage();
    await commands.executeCommand('workbench.action.closePanel');
  });

  test('offers all rules to choose from', async () => {
    void commands.executeCommand('mirrorlint.openRule');
    await until('the rules', async () => (await support.texts('.quick-input-list')).join().includes('build-docker-io'));
    await support.drive({ act: 'type', text: 'mapping-syntax' });
    await support.drive({ act: 'press', key: 'Enter' });
    await showsRulePage();
  });

  async function showsRulePage(): Promise<void> {
    const title = 'A line of a mapping file must be what oc image mirror reads';
    const seen = async (): Promise<unknown> => await support.drive({ act: 'frameTexts', selector: 'h1' });
    await until('the page', async () => ((await seen()) as string[]).includes(title), seen);
  }

  const position = support.position;
});
