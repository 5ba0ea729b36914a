/** What the latent screen says of itself. */
export const HELP = {
  latent:
    'The model presses every crop into a code, the numbers in its bottleneck. Here each code is averaged over four quarters of the crop and drawn as a point: crops that lie close together look alike to the model, whatever they look like to you.',
  method:
    'PCA looks at the cloud of codes from the side where it is widest: distances can be read, but much is hidden behind. UMAP unrolls the cloud so that neighbours stay together: groups can be read, distances between groups and their sizes cannot.',
  outliers:
    'Crops whose surroundings in the latent space are much emptier than those of their neighbours (local outlier factor): often stains, photographs, covers, or a notation that occurs once.',
  neighbours:
    'The crops whose codes are most like this one’s. Crops of the same page are left out unless you ask for them: they share ink and scanner, and would always come first.',
  decode:
    'The decoder paints what a code means. An average of many crops blurs, since notes stand in other places: what stays sharp is what they share.',
  field:
    'What the points are coloured by: what you know of the pages, or what was measured. If a field that has nothing to do with music (a scan source, a resolution) parts the points, the model has learned the scanner.',
  difference:
    'The mean code of one group less that of the other is added to the mean of both, in several strengths, and painted. What grows darker from left to right is what the model sees more of in the first group. If the groups differ in their scanner, that is painted too: see “What the code knows”.',
  neighboursOfMap:
    'How many crops UMAP tries to hold together around each one. Few show small groups and break large ones up; many show the large shape.',
  minimumDistance:
    'How close UMAP lets crops come. 0 packs like crops tightly, so that groups stand out; more spreads them, so that single crops can be seen.',
  seed: 'UMAP begins with chance. What looks alike with another seed is in the codes; what does not is in the drawing.',
} as const

/** What the keyboard and mouse do on the map. */
export const MAP_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['drag', 'move'],
  ['wheel, + −', 'zoom'],
  ['0', 'show all'],
  ['Shift drag, L', 'lasso'],
  ['Enter', 'pick'],
  ['Esc', 'clear'],
]
