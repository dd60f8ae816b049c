import * as vscode from 'vscode';

/** What the server is doing, in the status bar. */
export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('mirrorlint', vscode.StatusBarAlignment.Left, 0);
  private readonly listener: vscode.Disposable;
  private hasRead = false;
  /** What the server is reading, by the name of its progress. */
  private readonly loading = new Map<number | string, string>();

  constructor() {
    this.item.name = 'mirrorlint';
    this.listener = vscode.languages.onDidChangeDiagnostics(() => this.update());
  }

  /** The server starts, and has not read the checkout yet. */
  starts(): void {
    this.hasRead = false;
    this.loading.clear();
    this.showLoading('starting');
  }

  /** The server begins something that takes a while. */
  begins(token: number | string, title: string): void {
    this.loading.set(token, title);
    this.update();
  }

  /** It has done it: the first time that was to read the checkout, and from now on its findings are counted. */
  ends(token: number | string): void {
    this.hasRead = true;
    this.loading.delete(token);
    this.update();
  }

  /** There is no server. */
  failed(why: string): void {
    this.hasRead = false;
    this.loading.clear();
    this.show(
      '$(error) mirrorlint',
      `${why} Click for the log.`,
      'mirrorlint.showLog',
      'statusBarItem.errorBackground',
    );
  }

  dispose(): void {
    this.listener.dispose();
    this.item.dispose();
  }

  private update(): void {
    if (this.loading.size > 0) {
      this.showLoading([...this.loading.values()].join(', '));
    } else if (this.hasRead) {
      this.showCounts();
    }
  }

  private showLoading(what: string): void {
    this.show('$(loading~spin) mirrorlint', what, 'mirrorlint.showLog');
  }

  private showCounts(): void {
    let errors = 0;
    let warnings = 0;
    for (const [, diagnostics] of vscode.languages.getDiagnostics()) {
      for (const { source, severity } of diagnostics) {
        if (source === 'mirrorlint') {
          errors += Number(severity === vscode.DiagnosticSeverity.Error);
          warnings += Number(severity === vscode.DiagnosticSeverity.Warning);
        }
      }
    }
    const found = errors + warnings === 0 ? '$(check)' : `$(error) ${errors} $(warning) ${warnings}`;
    const tooltip = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}. Click for the list.`;
    this.show(`mirrorlint ${found}`, tooltip, 'workbench.actions.view.problems');
  }

  private show(text: string, tooltip: string, command: string, background?: string): void {
    this.item.text = text;
    this.item.tooltip = `mirrorlint: ${tooltip}`;
    this.item.command = command;
    this.item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    this.item.show();
  }
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
