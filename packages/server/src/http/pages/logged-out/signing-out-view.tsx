/** Between a sign-out and the application that asked for it: the other applications end their sessions in frames. */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import type { Shell } from '../shell.js';
import { LogoutFrames } from './view.js';

export interface SigningOutProps {
  readonly frames: readonly string[];
  /** Where it goes on: a registered address of the application. */
  readonly next: string;
}

/** The browser goes on by itself: when all frames are loaded, or after three seconds. */
export function signingOutPage({ frames, next }: SigningOutProps, shell: Shell): VNode {
  const words = shell.strings.signingOut;
  return (
    <CardPage shell={shell} title={words.title} opens={next} opensAfter={3}>
      <div class="heading">
        <h1>{words.title}</h1>
        <p class="lead">{words.message}</p>
      </div>
      <a class="button plain" id="signing-out-continue" href={next}>
        {words.goOn}
      </a>
      <LogoutFrames addresses={frames} />
    </CardPage>
  );
}
