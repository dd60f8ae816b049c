import * as vscode from 'vscode';
import { Middleware, vsdiag } from 'vscode-languageclient/node';

import { rulePage } from './rulePages';

/** The name under which the server reports a broken config; it is no rule and has no page. */
const configFault = 'config';

/** Lets the rule's id in each diagnostic lead to its page, however diagnostics come. */
export function diagnosticsMiddleware(): Middleware {
  /**
   * Documents that had findings when they were last asked for. The client drops the answer for a document that is
   * being closed, and then forgets that it ever had one, so that the server sees no reason to say that nothing is
   * found any more.
   */
  const found = new Map<string, vscode.Uri>();

  return {
    handleDiagnostics: (uri, diagnostics, next) => {
      linkRulePages(diagnostics);
      next(uri, diagnostics);
    },
    provideDiagnostics: async (document, previousResultId, token, next) => {
      const report = await next(document, previousResultId, token);
      if (report?.kind === vsdiag.DocumentDiagnosticReportKind.full) {
        linkRulePages(report.items);
        const uri = document instanceof vscode.Uri ? document : document.uri;
        if (report.items.length > 0) {
          found.set(uri.toString(), uri);
        }
      }
      return report;
    },
    provideWorkspaceDiagnostics: async (resultIds, token, resultReporter, next) => {
      const isNamed = new Set<string>();
      const last = await next(resultIds, token, (chunk) => {
        for (const report of chunk?.items ?? []) {
          isNamed.add(report.uri.toString());
          if (report.kind === vsdiag.DocumentDiagnosticReportKind.full) {
            linkRulePages(report.items);
          }
        }
        resultReporter(chunk);
      });
      if (!token.isCancellationRequested) {
        const clean = [...found.values()].filter((uri) => !isNamed.has(uri.toString()));
        const { full } = vsdiag.DocumentDiagnosticReportKind;
        // Of a document that is still open the client takes no notice of this.
        resultReporter({ items: clean.map((uri) => ({ kind: full, uri, version: null, items: [] })) });
        clean.forEach((uri) => found.delete(uri.toString()));
      }
      return last;
    },
  };
}

function linkRulePages(diagnostics: vscode.Diagnostic[]): void {
  for (const diagnostic of diagnostics) {
    const { code } = diagnostic;
    if (typeof code === 'string' && code !== configFault) {
      diagnostic.code = { value: code, target: rulePage(code) };
    }
  }
}
