/**
 * An e-mail address with its domain as mail servers know it, so that one mailbox has one spelling; `undefined` when it is none.
 *
 * @spec RFC 5322 §3.2.3 (dot-atom), as type=email of the HTML standard; UTS #46 for the domain
 * @example
 * canonicalEmail('jane@müller.example'); // 'jane@xn--mller-kva.example'
 */
export function canonicalEmail(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (at < 1 || local.length > 64 || !LOCAL_PART.test(local)) return undefined;
  const known = asciiDomain(domain);
  return known === undefined || local.length + 1 + known.length > LONGEST ? undefined : `${local}@${known}`;
}

const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const LONGEST = 254;

/** Letters that are drawn otherwise than they are written are no part of a name that somebody types. */
function asciiDomain(domain: string): string | undefined {
  if (domain.length > LONGEST || domain !== domain.normalize('NFKC') || /[^\p{L}\p{M}\p{N}.-]/u.test(domain))
    return undefined;
  // A URL takes a row of numbers for the address of a computer, so plain names do not go that way.
  const known = /[^\p{ASCII}]/u.test(domain) ? hostOf(domain) : domain.toLowerCase();
  return known !== undefined && DOMAIN.test(known) ? known : undefined;
}

function hostOf(domain: string): string | undefined {
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : undefined;
}
