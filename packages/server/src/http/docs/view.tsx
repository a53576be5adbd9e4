/** The page of the API: every operation of the document, open, so that the browser's own search finds it. */
import type { VNode } from 'preact';
import { Layout } from '../pages/layout.js';
import { Fill } from '../pages/parts/fill.js';
import type { Shell } from '../pages/shell.js';
import type { ApiDocument, DocumentedOperation } from './document.js';
import { OperationEntry } from './operation-entry.js';

export interface DocsProps {
  readonly document: ApiDocument;
  readonly styleHref: string;
  readonly documentHref: string;
}

export function docsPage({ document, styleHref, documentHref }: DocsProps, shell: Shell): VNode {
  const words = shell.strings.docs;
  const sections = sectionsOf(document);
  const server = document.servers?.[0]?.url ?? '';
  return (
    <Layout shell={shell} title={words.title} width="wide">
      <link rel="stylesheet" href={styleHref} />
      <div class="columns">
        <nav class="contents" aria-label={words.contents}>
          {sections.map(({ tag }) => (
            <a href={`#${idOf(tag)}`}>{titleOf(tag, shell)}</a>
          ))}
        </nav>
        <div class="sections">
          <div class="api-intro">
            <h1>
              <Fill text={words.heading} values={{ product: shell.theme.productName }} />
            </h1>
            <p class="lead">
              <Fill text={words.lead} values={{ server: <code>{server}</code> }} />
            </p>
            <p>{words.intro}</p>
            <p>
              <a href={documentHref}>{words.machineReadable}</a>
            </p>
          </div>
          {sections.map(({ tag, entries }) => (
            <section class="section" id={idOf(tag)} aria-labelledby={`${idOf(tag)}-heading`}>
              <h2 id={`${idOf(tag)}-heading`}>{titleOf(tag, shell)}</h2>
              {entries.map((entry) => (
                <OperationEntry {...entry} server={server} shell={shell} />
              ))}
            </section>
          ))}
        </div>
      </div>
    </Layout>
  );
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

function sectionsOf(document: ApiDocument): readonly { readonly tag: string; readonly entries: readonly Entry[] }[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  return document.tags.map(({ name }) => ({
    tag: name,
    entries: all.filter(({ operation }) => operation.tags.includes(name)),
  }));
}

function idOf(tag: string): string {
  return tag.replaceAll(' ', '-');
}

function titleOf(tag: string, shell: Shell): string {
  const titles: Readonly<Record<string, string>> = shell.strings.docs.tags;
  return titles[tag] ?? tag;
}
