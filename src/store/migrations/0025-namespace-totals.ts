/** Namespaces are added up along an index that has them in their order. */
export const namespaceTotals = [
  'CREATE INDEX repository_namespace ON repository (account_id, namespace, registry_id, images, infected, namespace_folded)',
] as const;
