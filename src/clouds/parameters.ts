/** How one input parameter is read. A table of these describes an operation's whole input. */
export type Parameter = TextParameter | IntegerParameter | BooleanParameter | ListParameter | ObjectParameter;

interface AnyParameter {
  /** Refused when absent; optional by default. */
  readonly required?: boolean;
}

export interface TextParameter extends AnyParameter {
  readonly kind: 'text';
  /** Longest value, in UTF-16 units. */
  readonly max: number;
}

export interface IntegerParameter extends AnyParameter {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
}

export interface BooleanParameter extends AnyParameter {
  readonly kind: 'boolean';
}

export interface ListParameter extends AnyParameter {
  readonly kind: 'list';
  readonly item: Parameter;
  /** Most items. */
  readonly max: number;
}

export interface ObjectParameter extends AnyParameter {
  readonly kind: 'object';
  readonly fields: Parameters;
}

export interface Parameters {
  readonly [name: string]: Parameter;
}

/** The typed value that a table of parameters reads. */
export type InputOf<P> = { readonly [K in keyof P]: P[K] extends { readonly required: true } ? ValueOf<P[K]> : ValueOf<P[K]> | undefined };

type ValueOf<P> = P extends { readonly kind: 'list'; readonly item: infer Item }
  ? readonly ValueOf<Item>[]
  : P extends { readonly kind: 'object'; readonly fields: infer Fields }
    ? InputOf<Fields>
    : P extends TextParameter
      ? string
      : P extends IntegerParameter
        ? number
        : P extends BooleanParameter
          ? boolean
          : never;

/** The table that fits a vendor's request type: every field, none misspelt, each of the right kind. Check a table with `satisfies`. */
export type ParametersFor<Request> = { readonly [K in keyof Request]-?: ParameterFor<NonNullable<Request[K]>> };

type ParameterFor<T> = [T] extends [string]
  ? TextParameter
  : [T] extends [number | bigint]
    ? IntegerParameter
    : [T] extends [boolean]
      ? BooleanParameter
      : [T] extends [readonly (infer Item)[]]
        ? ListParameter & { readonly item: ParameterFor<Item> }
        : ObjectParameter & { readonly fields: ParametersFor<T> };
