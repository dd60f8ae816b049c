// What all sessions need: mocha inside of the extension host, and the driver outside of it.

import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

import Mocha from 'mocha';
import * as vscode from 'vscode';

import type { Act } from './protocol.ts';

/** Makes VS Code's entry point of the tests that `define` defines. */
export function session(define: () => void): () => Promise<void> {
  return async () => {
    const mocha = new Mocha({ ui: 'tdd', timeout: 40_000, reporter: Reporter });
    mocha.suite.emit('pre-require', globalThis, '', mocha);
    define();
    await new Promise<void>((resolve) => mocha.run(() => resolve()));
    await reported;
    await drive({ act: 'end' });
  };
}

let reported: Promise<unknown> = Promise.resolve();

class Reporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner) {
    super(runner);
    const report = (title: string, milliseconds: number, failure?: string): void => {
      const outcome = { title, milliseconds, ...(failure === undefined ? {} : { failure }) };
      reported = reported.then(() => drive({ act: 'outcome', outcome }));
    };
    runner.on('pass', (test) => report(test.title, test.duration ?? 0));
    runner.on('fail', (test, error: Error) => report(test.title, test.duration ?? 0, error.stack ?? String(error)));
  }
}

/** Asks the driver for something. */
export async function drive(act: Act): Promise<unknown> {
  const response = await fetch(process.env['TESTS_BRIDGE']!, { method: 'POST', body: JSON.stringify(act) });
  const said = await response.text();
  if (!response.ok) {
    throw new Error(`${JSON.stringify(act)}: ${said}`);
  }
  return JSON.parse(said);
}

/** The texts on the screen that `selector` names. */
export async function texts(selector: string): Promise<string[]> {
  return (await drive({ act: 'texts', selector })) as string[];
}

/** Takes a picture, where pictures are wanted, as soon as all `selectors` are on the screen. */
export async function pictureOf(name: string, ...selectors: string[]): Promise<void> {
  for (const selector of selectors) {
    await until(selector, async () => (await texts(selector)).length > 0);
  }
  await drive({ act: 'picture', name });
}

/** What mirrorlint has in the status bar. */
export async function status(): Promise<string> {
  return (await texts('.statusbar-item[id^="mirrorlint.mirrorlint"]')).join('|').replace(/\s+/g, ' ').trim();
}

/** Waits until `look` returns something other than undefined and false; after `seconds` it fails with `seen`. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  seen: () => unknown = look,
  seconds = 20,
): Promise<Exclude<T, false | null | undefined>> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false && found !== null) {
      return found as Exclude<T, false | null | undefined>;
    }
    if (Date.now() > end) {
      assert.fail(`${what}: not within ${seconds} s; there is ${JSON.stringify(await seen(), undefined, 1)}`);
    }
    await pause(50);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The processes of the language server, by id. */
export function servers(): number[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      try {
        const [program, ...args] = fs.readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
        const parent = /^PPid:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
        return path.basename(program!) === 'mirrorlint' && args[0] === 'lsp' && Number(parent) === process.pid;
      } catch {
        return false; // It ended meanwhile.
      }
    });
}

export const extension = (): vscode.Extension<unknown> => vscode.extensions.getExtension('mirrorlint.mirrorlint')!;

export async function set(setting: string, value: unknown): Promise<void> {
  const target = vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration('mirrorlint').update(setting, value, target);
}

/** A checkout on the disk. */
export class Checkout {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  uri(file: string): vscode.Uri {
    return vscode.Uri.file(path.join(this.root, file));
  }

  read(file: string): string {
    return fs.readFileSync(path.join(this.root, file), 'utf8');
  }

  async open(file: string): Promise<vscode.TextEditor> {
    return await vscode.window.showTextDocument(this.uri(file));
  }

  git(...args: string[]): string {
    return execFileSync('git', ['-C', this.root, ...args], { encoding: 'utf8' });
  }

  /** What mirrorlint finds in a file, as `line: rule`, in order. */
  found(file: string): string[] {
    return vscode.languages.getDiagnostics(this.uri(file)).filter(isOurs).map(shown).sort();
  }

  /** The same of all files. */
  all(): string[] {
    const files = vscode.languages.getDiagnostics().filter(([uri]) => uri.fsPath.startsWith(`${this.root}/`));
    return files
      .flatMap(([uri, diagnostics]) => {
        const file = path.relative(this.root, uri.fsPath);
        return diagnostics.filter(isOurs).map((diagnostic) => `${file}:${shown(diagnostic)}`);
      })
      .sort();
  }

  /** Waits until exactly `expected` is found in a file. */
  async finds(file: string, ...expected: string[]): Promise<void> {
    const wanted = JSON.stringify([...expected].sort());
    await until(
      `${file}: ${wanted}`,
      () => JSON.stringify(this.found(file)) === wanted,
      () => this.found(file),
    );
  }

  /** Waits until exactly `expected` is found in all files, as `all` has it. */
  async findsAll(expected: string[]): Promise<void> {
    const wanted = JSON.stringify(expected);
    await until(
      wanted,
      () => JSON.stringify(this.all()) === wanted,
      () => this.all(),
    );
  }

  /** Waits until nothing has changed for longer than the client waits between two questions, and says what is found. */
  async settled(milliseconds = 3000): Promise<string[]> {
    let last = this.all();
    for (let since = Date.now(); Date.now() - since < milliseconds; await pause(50)) {
      const now = this.all();
      if (JSON.stringify(now) !== JSON.stringify(last)) {
        [last, since] = [now, Date.now()];
      }
    }
    return last;
  }

  /** Undoes all edits, saved or not, and waits until what was found at first is found again. */
  async reset(before: string[]): Promise<void> {
    await closeEditors();
    this.git('switch', '--quiet', '--force', 'main');
    this.git('clean', '-d', '--force', '--quiet');
    await this.findsAll(before);
  }
}

/** The position of `text` in a document, or of a part of it. */
export function position(document: vscode.TextDocument, text: string, part = text): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.notEqual(offset, -1, `no ${text} in ${document.getText()}`);
  return document.positionAt(offset + text.indexOf(part));
}

/** The files of the workspace that are not saved. VS Code's own settings are documents too. */
function unsaved(): vscode.TextDocument[] {
  const { textDocuments, getWorkspaceFolder } = vscode.workspace;
  return textDocuments.filter(({ isDirty, uri }) => isDirty && getWorkspaceFolder(uri) !== undefined);
}

/** Saves all documents, those too that an edit changed without opening them. */
export async function saveAll(): Promise<void> {
  await until('all is saved', async () => {
    const dirty = unsaved();
    await Promise.all(dirty.map((document) => document.save()));
    return dirty.length === 0;
  });
}

/** Closes all editors and forgets what is not saved. */
export async function closeEditors(): Promise<void> {
  for (const document of unsaved()) {
    await vscode.window.showTextDocument(document, { preview: false });
  }
  while (vscode.window.tabGroups.all.some((group) => group.tabs.length > 0)) {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}

/** Puts `text` in the place of `old` in the editor, without saving. */
export async function replace(editor: vscode.TextEditor, old: string, text: string): Promise<void> {
  const start = position(editor.document, old);
  const end = editor.document.positionAt(editor.document.offsetAt(start) + old.length);
  assert.ok(await editor.edit((edit) => edit.replace(new vscode.Range(start, end), text)));
}

export function code({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

function shown(diagnostic: vscode.Diagnostic): string {
  return `${diagnostic.range.start.line + 1}: ${code(diagnostic)}`;
}

function isOurs({ source }: vscode.Diagnostic): boolean {
  return source === 'mirrorlint';
}
