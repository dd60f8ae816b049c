// A setting that names no program.

import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';

import * as vscode from 'vscode';

import * as support from '../support/session.ts';

const { until } = support;

export const run = support.session(() => {
  const checkout = new support.Checkout(vscode.workspace.workspaceFolders![0]!.uri.fsPath);
  const messages = (): Promise<string[]> => support.texts('.notifications-toasts .notification-list-item');
  const wrong = path.join(process.env['TESTS_WORK']!, 'wrong');

  test('says in one message that the program is missing, and what to do', async () => {
    await until('a message', async () => (await messages()).length > 0);
    await support.pause(1000);
    const [said, ...others] = await messages();
    assert.deepEqual(others, []);
    assert.match(said!, /There is no program "\/nowhere\/mirrorlint/);
    assert.match(said!, /mirrorlint\.path/);
  });

  test('leads from the message to the setting', async () => {
    await support.drive({ act: 'click', selector: '.notifications-toasts .monaco-button:has-text("Open Settings")' });
    await until(
      'the setting',
      async () => {
        const shown = (await support.texts('.settings-editor .settings-tree-container')).join();
        return /Path/.test(shown) && shown.includes('The path of the program mirrorlint');
      },
      () => support.texts('.settings-editor'),
    );
    await support.closeEditors();
  });

  test('says what is wrong with a program that is another one', async () => {
    fs.writeFileSync(wrong, '#!/bin/sh\necho something 1.0\n', { mode: 0o755 });
    await support.set('path', wrong);
    await until('the message', async () => (await messages()).some((text) => text.includes('is not mirrorlint')));
  });

  test('says so of a program that cannot be run', async () => {
    fs.chmodSync(wrong, 0o644);
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('mirrorlint.restart');
    await until('the message', async () =>
      (await messages()).some((text) => text.includes('cannot be run here (EACCES)')),
    );
  });

  test('starts once the setting is right', async () => {
    await support.set('path', process.env['MIRRORLINT']);
    await checkout.finds(
      'core-services/image-mirroring/gizmo/mapping_gizmo_main',
      '1: mapping-file-unselected',
      '1: mirror-set-owners',
    );
  });

  test('prefers the program that comes with the extension to the one on the PATH', async () => {
    await support.set('path', undefined);
    const bundled = path.join(support.extension().extensionPath, 'bin/mirrorlint');
    await until('it runs', () => support.servers().some((id) => fs.readlinkSync(`/proc/${id}/exe`) === bundled));
  });
});
