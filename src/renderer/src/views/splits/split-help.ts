/** What the words of a split mean, for readers who do not train models for a living. */
export const SPLIT_HELP = {
  split:
    'Which crops are kept from training to test on. By piece, nothing of a held-out piece was ever trained on; by page or crop, the model may have seen neighbouring bars, and scores look better than they are.',
  leaks:
    'What the test crops have in common with what the model was trained on. Whoever is tested on bars that were in the textbook looks cleverer than they are. Piece: some training crop is of the same piece. Page: on the same page, or on one with the very same file. Pixels: they overlap. Area: the part of all test crops together that lies in training crops.',
  stratify:
    'Holds the share out within each style or each composer, so that every one of them is tested in proportion. One with a single piece (or page) is only trained on.',
} as const
