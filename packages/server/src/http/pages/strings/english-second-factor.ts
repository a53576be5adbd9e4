/** The words around the second factor, in English: when it is asked for, and when it is set up. */
export const secondFactorWords = {
  title: 'Enter your code',
  lead: 'Your authenticator app shows a new code every 30 seconds.',
  as: 'Signing in as {user}',
  code: 'Six-digit code',
  submit: 'Continue',
  stepUp: '{client} asks for your second factor as well.',
  recoverySummary: 'Use a recovery code instead',
  recovery: 'Recovery code',
  recoveryHint: 'One of the codes that you kept when you set this up. Each works once.',
  recoverySubmit: 'Use the recovery code',
  noRecovery:
    'You have no recovery codes left. If your app is lost, ask your administrator to reset your second factor.',
  startAgain: 'Sign in as somebody else',
  cancel: 'Cancel and go back to {client}',
  problem: {
    missing_code: 'Enter the code.',
    wrong_code:
      'That code is not right. Enter the one that your app shows now. If it fails again, check the clock of your phone.',
    spent_code: 'That code was used already. Wait until your app shows the next one.',
    wrong_recovery_code: 'That is not one of your unused recovery codes.',
    locked: 'Too many wrong codes. Your second factor is locked for a while.',
  },

  /** The steps of the set-up. */
  setUp: {
    title: 'Set up your second factor',
    scan: 'Scan this with your authenticator app',
    scanLead: 'Any app for one-time codes will do, such as the one in your password manager.',
    qr: 'QR code for your authenticator app',
    byHand: 'Enter it by hand instead',
    account: 'Account',
    key: 'Key',
    kind: 'Kind',
    kindValue: 'Time-based, 6 digits, 30 seconds',
    copy: 'Copy',
    confirm: 'Then enter the code that it shows',
    submit: 'Turn on',
    cancel: 'Not now',
    problem: {
      missing_code: 'Enter the six digits that your app shows.',
      wrong_code:
        'That code is not right. Enter the one that your app shows now. If it fails again, check the clock of your phone.',
      limited: 'Too many wrong codes.',
    },
  },

  /** The codes, shown once. */
  codes: {
    title: 'Keep your recovery codes',
    enabled: 'Your second factor is on.',
    renewed: 'These replace the codes that you had before.',
    lead: 'Without your app, each of these signs you in once. Keep them where you keep other important papers; we show them only now.',
    list: 'Recovery codes',
    copy: 'Copy',
    print: 'Print',
    printed: 'Recovery codes for {user} at {product}',
    done: 'I have kept them',
  },
};
