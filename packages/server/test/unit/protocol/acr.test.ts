import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AcrAsked, answeredAcr, neededAcr } from '../../../src/protocol/authorize/acr.ts';
import { ACR_MULTI_FACTOR, ACR_PASSWORD } from '../../../src/identity/assurance.ts';

const values = fc.array(fc.constantFrom(ACR_PASSWORD, ACR_MULTI_FACTOR, 'phr', ''), { maxLength: 4 });
const asked: fc.Arbitrary<AcrAsked> = fc.oneof(
  values.map((acrValues) => ({ acrValues })),
  fc
    .tuple(values, fc.boolean())
    .map(([list, essential]) => ({ claims: { id_token: { acr: { values: list, essential } } } })),
);
const session = fc.constantFrom(ACR_PASSWORD, ACR_MULTI_FACTOR);

describe('what a request needs beyond what the session is worth', () => {
  it.each<[string, AcrAsked, string, boolean, object]>([
    ['nothing is asked', {}, ACR_PASSWORD, true, { kind: 'nothing' }],
    [
      'the first known value counts',
      { acrValues: ['phr', ACR_PASSWORD, ACR_MULTI_FACTOR] },
      ACR_PASSWORD,
      true,
      { kind: 'nothing' },
    ],
    [
      'a second factor is given already',
      { acrValues: [ACR_MULTI_FACTOR] },
      ACR_MULTI_FACTOR,
      true,
      { kind: 'nothing' },
    ],
    ['a wish', { acrValues: [ACR_MULTI_FACTOR] }, ACR_PASSWORD, true, { kind: 'second-factor', essential: false }],
    [
      'a wish of somebody without a second factor',
      { acrValues: [ACR_MULTI_FACTOR] },
      ACR_PASSWORD,
      false,
      { kind: 'nothing' },
    ],
    [
      'a demand',
      { claims: { id_token: { acr: { value: ACR_MULTI_FACTOR, essential: true } } } },
      ACR_PASSWORD,
      true,
      { kind: 'second-factor', essential: true },
    ],
    [
      'a demand of somebody without a second factor',
      { claims: { id_token: { acr: { value: ACR_MULTI_FACTOR, essential: true } } } },
      ACR_PASSWORD,
      false,
      { kind: 'unreachable' },
    ],
  ])('%s', (_title, request, acr, hasSecondFactor, need) => {
    expect(neededAcr(request, { acr, hasSecondFactor })).toEqual(need);
  });

  it('never asks for a second factor of somebody who has none, nor twice, and refuses nobody for a wish', () => {
    fc.assert(
      fc.property(asked, session, fc.boolean(), (request, acr, hasSecondFactor) => {
        const need = neededAcr(request, { acr, hasSecondFactor });
        if (need.kind === 'second-factor') expect([hasSecondFactor, acr]).toEqual([true, ACR_PASSWORD]);
        if (need.kind === 'unreachable') expect(request.claims?.id_token?.acr?.essential).toBe(true);
      }),
    );
  });

  it('a token never says more than the session is worth', () => {
    fc.assert(
      fc.property(asked, (request) => {
        expect(answeredAcr(request, ACR_PASSWORD)).toBe(ACR_PASSWORD);
        expect([ACR_PASSWORD, ACR_MULTI_FACTOR]).toContain(answeredAcr(request, ACR_MULTI_FACTOR));
      }),
    );
  });
});
