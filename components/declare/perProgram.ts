import * as pulumi from "@pulumi/pulumi";

const outside = {};

/**
 * Makes something once for each running program: the name of a resource hook is unique in a program, and one process can
 * run several programs after each other.
 */
export function perProgram<T>(make: () => T): () => T {
  const made = new WeakMap<object, { readonly value: T }>();
  return () => {
    const program = pulumi.runtime.getStackResource() ?? outside;
    const known = made.get(program) ?? { value: make() };
    made.set(program, known);
    return known.value;
  };
}
