import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import * as vscode from 'vscode';

import type { Server } from './server';

const scheme = 'mirrorlint-rule';

/** The pages of the rules, shown inside the editor. */
export class RulePages implements vscode.TextDocumentContentProvider {
  static readonly scheme = scheme;

  constructor(private readonly server: Server) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const rule = uri.path.replace(/^\/|\.md$/g, '');
    const page = await this.server.request<{ title: string; text: string } | null>('mirrorlint/rulePage', { rule });
    if (page === null) {
      return `There is no rule \`${rule}\`.`;
    }
    return page.text.startsWith('# ') ? page.text : `# ${page.title}\n\n${page.text}`;
  }

  /** Opens the page of `rule`, or of one that the user chooses. */
  async open(rule?: string): Promise<void> {
    const wanted = rule ?? (await this.choose());
    if (wanted === undefined) {
      return;
    }
    const uri = rulePage(wanted);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // The Markdown extension may be turned off.
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  private async choose(): Promise<string | undefined> {
    const items = this.server.binary().then(async (binary) => {
      const { stdout } = await promisify(execFile)(binary.path, ['rules', '--json'], { maxBuffer: 1 << 24 });
      const rules = JSON.parse(stdout) as { id: string; severity: string; title: string }[];
      return rules.map(({ id, severity, title }) => ({ label: id, description: severity, detail: title }));
    });
    const options = { placeHolder: 'The rule', matchOnDetail: true };
    return (await vscode.window.showQuickPick(items, options))?.label;
  }
}

/** Where the page of `rule` is. */
export function rulePage(rule: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${rule}.md` });
}
