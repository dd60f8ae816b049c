// The life of the language server.

import * as assert from 'node:assert/strict';

import * as vscode from 'vscode';

import * as support from '../support/session.ts';

const { commands, workspace } = vscode;
const { until } = support;

const acme = 'core-services/image-mirroring/acme/mapping_acme_1_0';

export const run = support.session(() => {
  const checkout = new support.Checkout(workspace.workspaceFolders![0]!.uri.fsPath);
  let before: string[];

  suiteSetup(async () => {
    await until('findings', () => checkout.found(acme).length > 0);
    before = await checkout.settled();
  });

  /** Waits for one server other than `old` that finds what was found before. */
  async function another(old: number): Promise<number> {
    const id = await until('another server', () => {
      const [id, ...others] = support.servers();
      return others.length === 0 && id !== old && id;
    });
    await checkout.findsAll(before);
    return id;
  }

  test('restarts on request', async () => {
    const [old] = support.servers();
    await commands.executeCommand('mirrorlint.restart');
    await another(old!);
  });

  test('shows its log on request', async () => {
    await commands.executeCommand('mirrorlint.showLog');
    await until('the log', async () => (await support.texts('.output-view')).join().includes('bin/mirrorlint'));
    await commands.executeCommand('workbench.action.closePanel');
  });

  test('restarts after a crash, with a document open that is not saved', async () => {
    const editor = await checkout.open(acme);
    await support.replace(editor, 'quay.io/my-organization/flange:1.0', 'quay.io/acme/flange');
    const found = ['2: mapping-duplicate-destination', '3: mapping-syntax'];
    await checkout.finds(acme, ...found, '4: decommissioned-registry');
    const [old] = support.servers();
    process.kill(old!, 'SIGKILL');
    await until('another server', () => support.servers().some((id) => id !== old));
    await support.replace(editor, 'quay.io/acme/sprocket:1.0', 'quay.io/acme/sprocket::1.0');
    await checkout.finds(acme, ...found, '4: mapping-syntax');
    await support.closeEditors();
    await checkout.findsAll(before);
  });

  test('says once that it crashed too often, and can be restarted then', async () => {
    await commands.executeCommand('mirrorlint.restart');
    for (let crashes = 0; crashes < 5; crashes += 1) {
      const id = await until('a server', () => support.servers()[0]);
      process.kill(id, 'SIGKILL');
      await until('it is gone', () => !support.servers().includes(id));
    }
    const messages = async (): Promise<string[]> =>
      await support.texts('.notifications-toasts .notification-list-item');
    await until('a message', async () => (await messages()).length > 0);
    await support.pause(1000);
    const [said, ...others] = await messages();
    assert.match(said!, /crashed several times/);
    assert.deepEqual(others, []);
    assert.equal(support.servers().length, 0);
    await support.drive({ act: 'click', selector: '.statusbar-item[id^="mirrorlint.mirrorlint"] a' });
    await until('the log', async () => (await support.texts('.output-view')).join().includes('mirrorlint'));
    await commands.executeCommand('workbench.action.closePanel');
    await support.drive({ act: 'click', selector: '.notifications-toasts .monaco-button:has-text("Restart")' });
    await another(0);
    await until('the counts', async () => /^mirrorlint \d+ \d+$/.test(await support.status()), support.status);
  });
});
