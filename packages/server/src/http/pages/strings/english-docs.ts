/** The words of the page that describes the API. What the operations do is said in the contract itself. */
export const docsWords = {
  title: 'API',
  heading: '{product} API',
  withoutScript: 'This page is drawn by a script. The same, for programs and without one, is {document}.',
  intro:
    'Answers are JSON. What goes wrong comes back with the member detail in words, error_code for programs, and a request id that finds it in the log. Limits are in the RateLimit headers; 429 and 503 say in Retry-After when to come back.',
  tags: {
    oauth: 'OAuth 2.1',
    'openid connect': 'OpenID Connect',
    discovery: 'Discovery',
    health: 'Health and metrics',
    system: 'Administration: the server',
    clients: 'Administration: clients',
    scopes: 'Administration: scopes',
    users: 'Administration: users',
    sessions: 'Administration: sessions and tokens',
    audit: 'Administration: audit log',
    keys: 'Administration: signing keys',
    'api-keys': 'Administration: API keys',
    accounts: 'Accounts',
    'own account': 'Own account',
    'own api keys': 'Own API keys',
  },
} as const;
