/**
 * prom-client looks up and checks the labels at every count, which costs more than the rest of a small request. Here each set of
 * labels has a counter of its own, and prom-client gets the sums when the metrics are read.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface TallyOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly L[];
  readonly registry: Registry;
}

type Labels<L extends string> = Readonly<Record<L, string | number>>;

/** The counter of one set of labels. Callers keep it, because finding it is what costs. */
export interface Tally {
  add(count?: number): void;
}

/** A counter; the labels of each call are a tally of their own. */
export function counterTallies<L extends string>(options: TallyOptions<L>): (labels: Labels<L>) => Tally {
  const counted = counts<L>();
  const collected = new Counter<L>({
    ...toConfiguration(options),
    collect() {
      for (const tally of counted.all) this.inc({ ...tally.labels }, tally.take());
    },
  });
  options.registry.registerMetric(collected);
  return counted.at;
}

/** A gauge that goes up and down. */
export function gaugeTallies<L extends string>(options: TallyOptions<L>): (labels: Labels<L>) => Tally {
  const counted = counts<L>();
  const collected = new Gauge<L>({
    ...toConfiguration(options),
    collect() {
      for (const tally of counted.all) this.inc({ ...tally.labels }, tally.take());
    },
  });
  options.registry.registerMetric(collected);
  return counted.at;
}

function toConfiguration<L extends string>({ name, help, labelNames }: TallyOptions<L>) {
  return { name, help, labelNames, registers: [] };
}

function counts<L extends string>() {
  const all: { readonly labels: Labels<L>; take(): number }[] = [];
  return {
    all,
    at(labels: Labels<L>): Tally {
      let pending = 0;
      const take = (): number => {
        const taken = pending;
        pending = 0;
        return taken;
      };
      all.push({ labels, take });
      return {
        add: (count = 1) => {
          pending += count;
        },
      };
    },
  };
}

/** A histogram of seconds; `buckets` are upper bounds in order. */
export function secondsTallies<L extends string>(
  options: TallyOptions<L> & { readonly buckets: readonly number[] },
): (labels: Labels<L>) => (seconds: number) => void {
  const histogram = new TalliedHistogram<L>(options);
  options.registry.registerMetric(histogram);
  return (labels) => histogram.tally(labels);
}

interface Distribution<L extends string> {
  readonly labels: Labels<L>;
  /** One for each upper bound, and one for what is above them all. */
  readonly counts: Float64Array;
  sum: number;
}

class TalliedHistogram<L extends string> extends Histogram<L> {
  readonly #distributions: Distribution<L>[] = [];
  readonly #buckets: readonly number[];
  readonly #about: { readonly name: string; readonly help: string };

  constructor(options: TallyOptions<L> & { readonly buckets: readonly number[] }) {
    super({ ...toConfiguration(options), buckets: [...options.buckets] });
    this.#buckets = options.buckets;
    this.#about = { name: options.name, help: options.help };
  }

  tally(labels: Labels<L>): (seconds: number) => void {
    const buckets = this.#buckets;
    const distribution: Distribution<L> = { labels, counts: new Float64Array(buckets.length + 1), sum: 0 };
    this.#distributions.push(distribution);
    return (seconds) => {
      let at = 0;
      while (at < buckets.length && seconds > (buckets[at] as number)) at += 1;
      distribution.counts[at] = (distribution.counts[at] ?? 0) + 1;
      distribution.sum += seconds;
    };
  }

  /** The library's one source of the values, for the text and for the sum over processes alike. */
  async getForPromString(): Promise<object> {
    const values = this.#distributions.flatMap((distribution) => this.#valuesOf(distribution));
    return { ...this.#about, type: 'histogram', aggregator: 'sum', values };
  }

  #valuesOf({ labels, counts: counted, sum }: Distribution<L>): object[] {
    const { name } = this.#about;
    let count = 0;
    const buckets = [...this.#buckets, '+Inf'].map((bound, index) => {
      count += counted[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le: bound }, sharedLabels: labels, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: {}, sharedLabels: labels, value: sum },
      { metricName: `${name}_count`, labels: {}, sharedLabels: labels, value: count },
    ];
  }
}
