import {
  COPY_KEYS,
  counted,
  geoRadiusKeys,
  type KeyPlaces,
  NO_KEYS,
  range,
  SORT_KEYS,
  STREAM_KEYS,
} from './key-places.js';
import type { KeyNames } from './prefix.js';
import type { Value } from '../codec/values.js';

/**
 * What a command does with data: `both` are the commands that change something and say what it was. By our own judgement; what the server says of
 * itself misleads (SORT and PFCOUNT are neither only the one nor the other).
 */
export type CommandClass = 'read' | 'write' | 'both' | 'free';

export type Rewrite = (value: Value, names: KeyNames) => Value;

export interface Rule {
  readonly name: string;
  readonly class: CommandClass;
  readonly keys: KeyPlaces;
  /** How the reply is changed on its way back; most pass as they come. */
  readonly rewrite: Rewrite | undefined;
  readonly blocks: boolean;
}

/**
 * Class, where the keys are, how the reply is changed (`.`: not at all), commands. A command that does not stand here is refused: a newer server
 * brings no way in. Behind `|` stands a subcommand.
 */
const ROWS: readonly string[] = [
  'read 1 . get strlen getrange substr getbit bitcount bitpos bitfield_ro',
  'read 1 . type ttl pttl expiretime pexpiretime dump',
  'read 1 . hget hmget hgetall hkeys hvals hlen hstrlen hexists hrandfield hscan httl hpttl hexpiretime hpexpiretime',
  'read 1 . lindex llen lrange lpos',
  'read 1 . scard sismember smismember smembers srandmember sscan',
  'read 1 . zcard zcount zlexcount zmscore zrandmember zrange zrangebylex zrangebyscore zrank zrevrange zrevrangebylex',
  'read 1 . zrevrangebyscore zrevrank zscan zscore',
  'read 1 . geodist geohash geopos geosearch georadius_ro georadiusbymember_ro',
  'read 1 . xlen xrange xrevrange',
  'read 1 error xpending',
  'read 2 error xinfo|stream xinfo|groups xinfo|consumers',
  'read 2 . object|encoding object|freq object|idletime object|refcount memory|usage',
  'read 1..-1 . mget exists touch sdiff sinter sunion',
  'read 1..2 . lcs',
  'read n1 . sintercard zdiff zinter zunion zintercard',
  'read sort . sort_ro',
  'read streams streams xread',
  'read 1 names keys',
  'read none scan scan',

  'write 1 . append setrange setex psetex setnx',
  'write 1 . expire expireat pexpire pexpireat persist',
  'write 1 . hset hsetnx hmset hdel hexpire hpexpire hexpireat hpexpireat hpersist hsetex',
  'write 1 . lpush lpushx rpush rpushx linsert lset lrem ltrim',
  'write 1 . sadd srem zadd zrem zremrangebylex zremrangebyrank zremrangebyscore geoadd pfadd',
  'write 1 error xadd xdel xtrim xack xsetid xackdel xdelex',
  'write 2 error xgroup|create xgroup|setid xgroup|destroy xgroup|createconsumer xgroup|delconsumer',
  'write 1..-1 . del unlink sdiffstore sinterstore sunionstore pfmerge',
  'write 1..-1/2 . mset msetnx',
  'write 1..2 . rename renamenx smove zrangestore geosearchstore',
  'write 2..-1 . bitop',
  'write 1+n2 . zdiffstore zinterstore zunionstore',
  'write copy . copy',
  'write 1 . set',

  'both 1 . getset getdel getex incr incrby incrbyfloat decr decrby setbit bitfield',
  'both 1 . hincrby hincrbyfloat hgetdel hgetex lpop rpop spop zpopmin zpopmax zincrby',
  'both 1..-1 . pfcount',
  'both 1..2 . lmove rpoplpush',
  'both 1..2 . blmove! brpoplpush!',
  'both 1..-2 first blpop! brpop! bzpopmin! bzpopmax!',
  'both n1 first lmpop zmpop',
  'both n2 first blmpop! bzmpop!',
  'both sort . sort',
  'both radius6 . georadius',
  'both radius5 . georadiusbymember',
  'both 1 error xclaim xautoclaim',
  'both streams streams xreadgroup',

  'read 1..-1 . subscribe ssubscribe unsubscribe sunsubscribe',
  'read 1..-1 . psubscribe punsubscribe',
  'write 1 . publish spublish',
  'read 2 names pubsub|channels pubsub|shardchannels',
  'read 2..-1 pairs pubsub|numsub pubsub|shardnumsub',

  'free none . multi exec discard unwatch select time echo',
  'read 1..-1 . watch',
  'free none docs command command|docs command|list command|info',
];

const PLACES: Readonly<Record<string, KeyPlaces>> = {
  none: NO_KEYS,
  n1: counted(1),
  n2: counted(2),
  '1+n2': counted(2, 1),
  copy: COPY_KEYS,
  sort: SORT_KEYS,
  radius5: geoRadiusKeys(5),
  radius6: geoRadiusKeys(6),
  streams: STREAM_KEYS,
};

const REWRITES: Readonly<Record<string, Rewrite>> = {
  names: (value, names) => names.stripAll(value),
  scan: (value, names) => names.stripScan(value),
  first: (value, names) => names.stripFirst(value),
  pairs: (value, names) => names.stripPairs(value),
  streams: (value, names) => names.stripStreams(names.stripError(value)),
  error: (value, names) => names.stripError(value),
  docs: (value) => keepListed(value),
};

export const COMMANDS: ReadonlyMap<string, Rule> = new Map(
  ROWS.flatMap((row) => {
    const [kind = '', place = '', change = '', ...names] = row.split(' ');
    return names.map((word) => {
      const name = word.replace(/!$/, '');
      return [
        name,
        {
          name,
          class: kind as CommandClass,
          keys: PLACES[place] ?? readPlace(place),
          rewrite: REWRITES[change],
          blocks: word.endsWith('!'),
        },
      ] as const;
    });
  }),
);

/** Commands whose second word says what they do. */
export const WITH_SUBCOMMANDS: ReadonlySet<string> = new Set([
  ...[...COMMANDS.keys()].filter((name) => name.includes('|')).map((name) => name.slice(0, name.indexOf('|'))),
  'client',
]);

/** `1`, `1..2`, `1..-1`, `1..-1/2`. */
function readPlace(place: string): KeyPlaces {
  const [, first, last, step] = /^(\d)(?:\.\.(-?\d))?(?:\/(\d))?$/.exec(place) ?? [];
  if (first === undefined) throw new Error(`no such place of keys: ${place}`);
  return range(Number(first), Number(last ?? first), Number(step ?? 1));
}

/** COMMAND and its kind: what nobody may use here is not told of. */
function keepListed(value: Value): Value {
  if (value.kind !== 'list') return value;
  const nameOf = (item: Value | undefined): string => {
    if (item?.kind === 'bulk') return item.data.toString('latin1').toLowerCase();
    if (item?.kind === 'line') return item.text.replace(/^\+/, '').toLowerCase();
    return item?.kind === 'list' ? nameOf(item.items[0]) : '';
  };
  const isListed = (item: Value | undefined): boolean => {
    const name = nameOf(item);
    return COMMANDS.has(name) || WITH_SUBCOMMANDS.has(name);
  };
  const { items } = value;
  // DOCS: names and what is said of each, in a map or one after the other.
  const isPaired = value.sign === '%' || (items[0]?.kind === 'bulk' && items[1]?.kind === 'list');
  if (!isPaired) return { ...value, items: items.filter((item) => isListed(item)) };
  return { ...value, items: items.filter((_, index) => isListed(items[index - (index % 2)])) };
}
