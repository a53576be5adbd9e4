/** What a pipeline has to set, in which nobody can run the command that logs in. */
import { isYes } from './environment.js';
import type { Program } from './program.js';

type Where = Pick<Program, 'env' | 'envPrefix'>;

/** What helps in continuous integration; `undefined` elsewhere. */
export function pipelineHint(where: Where): string | undefined {
  const prefix = where.envPrefix;
  if (!isYes(where.env.CI)) return workflowHint(where);
  return (
    workflowHint(where) ?? `Set ${prefix}_TOKEN, ${prefix}_API_KEY, or ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET.`
  );
}

/** The words of a workflow of GitHub Actions, as they are pasted there; `undefined` elsewhere. */
export function workflowHint({ env, envPrefix }: Where): string | undefined {
  if (!isYes(env.GITHUB_ACTIONS)) return undefined;
  return `Give the step its credential:  env: { ${envPrefix}_TOKEN: "\${{ secrets.${envPrefix}_TOKEN }}" }`;
}
