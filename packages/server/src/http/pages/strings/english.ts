/**
 * Every word that a page or its script shows, in English. A language is one file of this shape that `satisfies Strings`.
 * A text with `{name}` in it is filled by the view; a function is a text whose grammar depends on what it is given.
 */
import { accountWords } from './english-account.js';
import { docsWords } from './english-docs.js';
import { scopeSentences } from './english-scopes.js';
import { secondFactorWords } from './english-second-factor.js';

export type Strings = typeof english;

export const english = {
  language: 'en',
  /** For dates: English without a country puts the month first, which most readers of English misread. */
  locale: 'en-GB',

  layout: {
    title: (page: string, product: string): string => `${page} · ${product}`,
    skip: 'Skip to the content',
  },

  form: {
    summary: 'That did not work yet.',
    tryAgainIn: (seconds: number): string => `Try again in ${duration(seconds)}.`,
  },

  /** Shown by the script; a page without the script never needs them. */
  script: {
    locale: 'en-GB',
    show: 'Show',
    hide: 'Hide',
    showLabel: 'Show the password',
    hideLabel: 'Hide the password',
    capsLock: 'Caps Lock is on.',
    copied: 'Copied',
  },

  docs: docsWords,

  login: {
    title: 'Sign in',
    toApp: 'to continue to {client}',
    toDevice: 'to connect a device',
    toAccount: 'to your {product} account',
    username: 'Username or email',
    password: 'Password',
    submit: 'Sign in',
    cancel: 'Cancel and go back to {client}',
    reason: {
      reauthenticate: 'Enter your password again so that we know it is you.',
      session_ended: 'Your session has ended. Sign in to go on.',
      password_changed: 'Your password is changed. Sign in with the new one.',
      signed_out: 'You are signed out.',
      expired: 'That took too long, so nothing happened. Sign in once more.',
      switch_account: 'Sign in with the account that you want to use.',
    },
    problem: {
      missing_username: 'Enter your username or email.',
      missing_password: 'Enter your password.',
      wrong_credentials: 'That username and password do not match. Check both and try again.',
      locked: 'Too many attempts. This account is locked for a while.',
      rate_limited: 'Too many attempts from here.',
      deactivated: 'This account is switched off. Ask your administrator.',
      busy: 'A lot of people are signing in right now.',
      expired: 'This page was open for too long. Please sign in once more.',
    },
  },

  secondFactor: secondFactorWords,

  goingBack: {
    title: (client: string): string => `You can go back to ${client} now`,
    opens: 'If the app did not open by itself, open it again.',
    open: 'Open {client}',
    finished: 'This sign-in is finished. If something went wrong, start again from the app.',
    website: 'Go to {client}',
  },

  selectAccount: {
    title: 'Choose an account',
    continueAs: 'Continue as {name}',
    other: 'Use another account',
  },

  consent: {
    title: (client: string): string => `Allow ${client}?`,
    heading: '{client} wants to use your account',
    registeredBy: 'Registered by {owner}',
    signedInAs: 'Signed in as {user}',
    notYou: 'Not you?',
    switchAccount: 'Switch account',
    permissions: 'This lets it',
    identityOnly: 'Know that it is you',
    oneClaim: (name: string): string => `See your ${name.replaceAll('_', ' ')}`,
    resource: 'Used at {resource}',
    host: 'Sends you back to {host}',
    loopbackWarning: 'This sends you to a program on this computer ({host}). Only go on if you started it yourself.',
    nativeWarning: 'This sends you to an app on this device ({host}). Only go on if you started it yourself.',
    remembered: 'We will not ask again until {date}.',
    takeBack: 'You can take this back at any time on {account}.',
    account: 'your account page',
    about: (client: string): string => `About ${client}`,
    website: 'Website',
    policy: 'Privacy policy',
    terms: 'Terms',
    allow: 'Allow',
    deny: 'Deny',
  },

  scopes: scopeSentences,

  device: {
    enterTitle: 'Connect a device',
    enterLead: 'Enter the code that your device or terminal shows.',
    code: 'Code',
    codeHint: 'Eight letters. Capitals and the dash do not matter.',
    submit: 'Continue',
    confirmTitle: 'Is this your device?',
    confirmLead: 'Your device must show this code',
    from: 'Asked from',
    at: 'When',
    with: 'With',
    caution: 'Only go on if you started this yourself. If someone sent you this code, choose Deny.',
    heading: '{client} wants to use your account',
    allow: 'Allow',
    deny: 'Deny',
    problem: {
      missing_code: 'Enter the code.',
      unknown_code: 'There is no such code. Check it and try again; codes last only a few minutes.',
      expired_code: 'This code has expired. Start again on your device and enter the new code.',
      used_code: 'This code was already used. Start again on your device if you need a new one.',
      rate_limited: 'Too many codes were tried from here.',
    },
    outcome: {
      approved: {
        title: 'Device connected',
        message: '{client} is now signed in as you. You can close this page and go back to your device.',
      },
      denied: {
        title: 'Access denied',
        message: '{client} did not get access. You can close this page.',
      },
      expired: {
        title: 'The code has expired',
        message: 'Nothing was allowed. Start again on your device to get a new code.',
      },
    },
    another: 'Enter another code',
  },

  signingOut: {
    title: 'Signing you out',
    message: 'The apps that you signed in to are told. This takes a moment.',
    goOn: 'Go on',
  },

  loggedOut: {
    // "Logout Successful" and "successfully logged out" are looked for by scripts written for earlier versions.
    title: 'Logout Successful',
    heading: 'You are signed out',
    refusedTitle: 'You cannot be sent back to the app',
    message: 'You have been successfully logged out of {product}.',
    closeApps: 'Apps that you signed in to may keep their own session until you sign out there.',
    wrongAddress:
      'The app asked to send you to an address that is not registered for it, so we kept you here. If you run the app: add the address to its post_logout_redirect_uris.',
    back: 'Go back to {client}',
    signIn: 'Sign in again',
  },

  logout: {
    title: 'Sign out?',
    byApp: '{client} asks to sign you out of {product}.',
    plain: 'You will be signed out of {product} in this browser.',
    wrongAddress:
      'The app asks to send you afterwards to an address that is not registered for it. You can sign out here; you will not be sent there.',
    user: 'Signed in as {user}',
    submit: 'Sign out',
    stay: 'Stay signed in',
  },

  formPost: {
    title: (client: string | undefined): string => `Going back to ${client ?? 'the app'}`,
    message: 'You are being sent back. If nothing happens, press the button.',
    submit: 'Continue',
  },

  error: {
    developer: 'For the developer of the app',
    code: 'Error',
    parameter: 'Parameter',
    received: 'Received',
    registered: 'Registered',
    requestId: 'Request',
    back: 'Back to {client}',
    backPlain: 'Back',
    home: 'Go to the start page',
    kind: {
      bad_request: {
        title: 'This request does not work',
        message: 'The app sent a request that we cannot accept. You did nothing wrong; the app has to be corrected.',
      },
      not_found: {
        title: 'Page not found',
        message: 'There is nothing at this address. It may have been mistyped, or the page has moved.',
      },
      forbidden: {
        title: 'You may not open this',
        message: 'Your account has no access to this page. Ask your administrator if you need it.',
      },
      forged: {
        title: 'We could not check this form',
        message:
          'The form came without the proof that it was sent from this page. Go back, reload the page and send it again. Cookies must be allowed.',
      },
      expired: {
        title: 'This page is too old',
        message: 'The sign-in that it belongs to has ended. Start again from the app.',
      },
      too_many_requests: {
        title: 'Too many requests',
        message: 'We got more requests from here than we answer at once.',
      },
      server_error: {
        title: 'Something went wrong here',
        message: 'This is our fault, and it has been recorded. Try again in a moment.',
      },
      unavailable: {
        title: 'We will be right back',
        message: 'The service cannot answer at the moment. Nothing of yours is lost.',
      },
    },
  },

  home: {
    title: 'One sign-in for all your apps',
    lead: '{product} signs you in, and lets you decide what each app may do.',
    signIn: 'Sign in',
    account: 'Go to your account',
    device: 'Connect a device',
    developers: 'For developers',
    docs: 'API documentation',
    discovery: 'OpenID configuration',
    issuer: 'Issuer',
  },

  password: {
    current: 'Current password',
    new: 'New password',
    confirm: 'New password, once more',
    hint: (minimum: number): string => `At least ${minimum} characters. A few words in a row are easy to remember.`,
    submit: 'Change password',
    requiredTitle: 'Choose a new password',
    requiredLead: 'Your password was set by someone else. Choose one that only you know, then you can go on.',
    requiredSubmit: 'Save and go on',
    problem: {
      missing_current: 'Enter your current password.',
      wrong_current: 'That is not your current password.',
      missing_new: 'Enter a new password.',
      too_short: (minimum: number): string => `Use at least ${minimum} characters.`,
      too_long: 'Use fewer characters: this is longer than we can store.',
      too_common: 'This password is on lists that attackers try first. Choose another one.',
      same_as_current: 'The new password must differ from the current one.',
      personal: 'The password must not be a name: yours, your email address or the name of this service.',
      common: 'This password is easy to guess: it is among the common ones, or follows a simple pattern.',
      mismatch: 'The two new passwords are not the same.',
      rate_limited: 'Too many attempts.',
    },
  },

  account: accountWords,
};

/** "40 seconds", "5 minutes", "2 hours": always rounded up, so that waiting as long as the text says is enough. */
export function duration(seconds: number): string {
  const [size, unit] = seconds < 90 ? [1, 'second'] : seconds < 5400 ? [60, 'minute'] : [3600, 'hour'];
  const count = Math.max(1, Math.ceil(seconds / (size as number)));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
