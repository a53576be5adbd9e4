/** The frame of every page: head, the product's name, the content, the operator's links. */
import type { ComponentChildren, VNode } from 'preact';
import { Mark } from './mark.js';
import { safeUrl } from './safe-url.js';
import type { Shell } from './shell.js';

export interface LayoutProps {
  readonly shell: Shell;
  readonly title: string;
  /** `card`: one task in 400 px. `wide`: a page of sections. */
  readonly width?: 'card' | 'wide';
  /** An address that the browser opens at once. */
  readonly opens?: string;
  /** Not at once, but after so many seconds; where there is a script, it decides when. */
  readonly opensAfter?: number;
  /** Beside the product's name: who is signed in. */
  readonly corner?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Layout({ shell, title, width = 'card', opens, opensAfter = 0, corner, children }: LayoutProps): VNode {
  const { theme, strings } = shell;
  return (
    <html lang={strings.language}>
      <head>
        <meta charset="utf-8" />
        <title>{strings.layout.title(title, theme.productName)}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        {opens !== undefined && <Refresh to={opens} after={opensAfter} />}
        <link rel="icon" {...shell.icon} />
        <link rel="stylesheet" href={shell.styleHref} />
        <script src={shell.scriptHref} defer />
      </head>
      <body class={width}>
        <a class="skip" href="#main">
          {strings.layout.skip}
        </a>
        <header class="top">
          <Brand shell={shell} />
          {corner}
        </header>
        <main id="main">{children}</main>
        <SupportLinks shell={shell} />
      </body>
    </html>
  );
}

/** The frame of a page that asks for one thing. */
export function CardPage({ children, ...layout }: LayoutProps): VNode {
  return (
    <Layout {...layout}>
      <div class="sheet">{children}</div>
    </Layout>
  );
}

function Brand({ shell }: { shell: Shell }): VNode {
  const logo = safeUrl(shell.theme.logoUrl);
  return (
    <span class="brand">
      {logo === undefined ? <Mark /> : <img class="logo" src={logo} alt="" height="28" />}
      <span>{shell.theme.productName}</span>
    </span>
  );
}

function SupportLinks({ shell }: { shell: Shell }): VNode | undefined {
  const links = shell.theme.links.flatMap(({ label, href }) => {
    const address = safeUrl(href);
    return address === undefined ? [] : [{ label, address }];
  });
  if (links.length === 0) {
    return undefined;
  }
  return (
    <footer class="foot">
      {links.map(({ label, address }) => (
        <a href={address}>{label}</a>
      ))}
    </footer>
  );
}

function Refresh({ to, after }: { readonly to: string; readonly after: number }): VNode {
  const refresh = <meta http-equiv="refresh" content={`${after}; url=${to}`} />;
  return after === 0 ? refresh : <noscript>{refresh}</noscript>;
}
