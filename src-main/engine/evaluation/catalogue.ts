import type { Dataset } from '#engine/data/dataset.ts';
import { categoryColumn } from '#engine/environments/exit-rule.ts';
import { dominatedTags, itemNovelty, tagCounts, type CatalogueStatistics } from './metrics.ts';

/**
 * The catalogue's statistics over the training log. Dominated tags are counted over all rows, as published
 * for explicit ratings.
 */
export function catalogueStatistics(dataset: Dataset): CatalogueStatistics {
  const tags = categoryColumn(dataset);
  return {
    items: dataset.items,
    novelty: itemNovelty(dataset.train, dataset.items),
    tags,
    dominated: tags === null ? new Set() : dominatedTags(tagCounts(dataset.train, tags, -Infinity)),
  };
}
