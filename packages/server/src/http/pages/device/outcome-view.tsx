/** How the device's request ended. The rest happens on the device. */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { Fill } from '../parts/fill.js';
import { type IconName, Icon } from '../parts/icons.js';
import type { Shell } from '../shell.js';

export interface DeviceOutcomeProps {
  readonly outcome: 'approved' | 'denied' | 'expired';
  readonly clientName: string;
}

export function deviceOutcomePage({ outcome, clientName }: DeviceOutcomeProps, shell: Shell): VNode {
  const words = shell.strings.device;
  const { title, message } = words.outcome[outcome];
  const [tone, icon] = SIGNS[outcome];
  return (
    <CardPage shell={shell} title={title}>
      <div class="stack">
        <span class={`seal ${tone}`}>
          <Icon name={icon} />
        </span>
        <div class="heading" id={`device-${outcome}`}>
          <h1>{title}</h1>
          <p class="lead">
            <Fill text={message} values={{ client: <strong>{clientName}</strong> }} />
          </p>
        </div>
      </div>
      {outcome !== 'approved' && (
        <a class="button plain" id="device-again" href={shell.paths.device}>
          {words.another}
        </a>
      )}
    </CardPage>
  );
}

const SIGNS: Record<DeviceOutcomeProps['outcome'], readonly [string, IconName]> = {
  approved: ['success', 'check'],
  denied: ['neutral', 'cross'],
  expired: ['warning', 'time'],
};
