/** How a command ends. @spec surface §0.10 */
export const EXIT = {
  ok: 0,
  general: 1,
  authentication: 2,
  permission: 3,
  notFound: 4,
  validation: 5,
  conflict: 6,
  network: 7,
  rateLimited: 8,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each code means, for help, man page and reference. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'Success'],
  [EXIT.general, 'General error'],
  [EXIT.authentication, 'Authentication error'],
  [EXIT.permission, 'Permission denied'],
  [EXIT.notFound, 'Resource not found'],
  [EXIT.validation, 'Validation error, wrong options included'],
  [EXIT.conflict, 'Conflict: it exists already, or it has changed meanwhile'],
  [EXIT.network, 'The server cannot be reached or is not well; trying again may help'],
  [EXIT.rateLimited, 'Too many requests; trying again later will help'],
  [EXIT.cancelled, 'Cancelled'],
];
