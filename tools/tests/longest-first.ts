/** A long file that starts last keeps one core busy while the others wait: these start first, also where no earlier run has told how long they take. */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const LONGEST = [
  // Packs what lies in the folders of the packages: before other tests put something there.
  'e2e/install/install.test.ts',
  'e2e/login/twenty-processes.test.ts',
  'e2e/docs/examples.test.ts',
  'e2e/browser/second-factor.test.ts',
  'e2e/browser/session.test.ts',
  'e2e/browser/consent.test.ts',
  'e2e/reliability/kill-changes.test.ts',
  'e2e/browser/accessibility.test.ts',
  'e2e/browser/prompts.test.ts',
  'packages/server/test/pages/accessibility.test.ts',
  'packages/cli/test/login/session-commands.test.ts',
  'packages/server/test/embedded-postgres/prepared.test.ts',
  'packages/cli/test/process/nobody-there.test.ts',
  'packages/server/test/embedded-postgres/account.test.ts',
  'packages/client/test/session/refresh-race.test.ts',
  'packages/server/test/pages/script.test.ts',
  'packages/server/test/embedded-postgres/killed.test.ts',
  'packages/server/test/serve/start.test.ts',
  'packages/server/test/embedded-postgres/lifecycle.test.ts',
  'packages/server/test/serve/workers.test.ts',
  'packages/cli/test/hostile/lost-answer.test.ts',
  'packages/cli/test/terminal/scripts.test.ts',
  'packages/server/test/challenge/hostile.test.ts',
  'packages/cli/test/hostile/every-command.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return sorted.toSorted(
      (one, other) =>
        projects.indexOf(one.project) - projects.indexOf(other.project) || this.place(one) - this.place(other),
    );
  }

  private place({ moduleId }: TestSpecification): number {
    const index = LONGEST.indexOf(relative(this.ctx.config.root, moduleId));
    return index === -1 ? LONGEST.length : index;
  }
}
