/** What the words on the training screen mean, for readers who do not train models for a living. */
export const HELP = {
  preset:
    'Study is the model of the study this tool grew from, at full size. Quick looks at the same crops reduced in size, with fewer filters: minutes instead of days on an ordinary machine.',
  spec: 'Blocks from the outside in, each as convolutions x filters @ kernel side: 3x16@5 is three layers of 16 filters of 5×5. Every block halves the picture. The decoder mirrors them.',
  inputSize:
    'What the model sees of a crop. Smaller than the crop means that whole blocks of pixels are averaged first: less detail, much less work.',
  dropout:
    'During training this share of the values after each block is set to 0 at random, so that no channel can lean on one other.',
  batch: 'So many crops are averaged for one step of learning.',
  microBatch:
    'A batch is computed in portions of this size to bound memory. Automatic takes as many crops as free memory allows, at most the preset’s. Batch normalisation averages within a portion, so that the choice changes the result a little: the run’s plan says which it was.',
  schedule:
    'Constant stays as it is. Cosine lets the rate sink slowly along half a cosine over all epochs, down to its floor: large steps first, small ones to settle. On plateau lowers it whenever the held-out error has stopped falling.',
  floor: 'The rate never sinks below this share of the one it starts with.',
  patience: 'So many epochs in a row may pass without a gain in the held-out error.',
  minimumGain:
    'An epoch counts as a gain when its error is smaller than the best so far by at least this share: 0.01 is one in a hundred. 0 counts any gain.',
  earlyStopping:
    'Ends the training once the held-out error has not improved for some epochs, and keeps the weights of the best one. It saves time where the number of epochs is a guess. The held-out crops then have a say in the weights, so that their score flatters a little.',
  checkpoints:
    'After every epoch all that is needed to go on is written to disk. The newest so many stay, and the best one in any case.',
  threads:
    'How many cores compute. Automatic is as measured on this machine, else as TensorFlow chooses. The same results, bit for bit, come only from the same number.',
  seedsChart:
    'Each seed with the interval of its own held-out pieces, drawn again and again; above them the mean of all seeds with Student’s t interval, which tells how far chance in training alone moves the result. A click on a dot opens its run.',
  ladderChart:
    'Both axes are logarithmic. PCA is the best linear code, of as many numbers as the model’s where there are enough training crops; it and the block means are drawn where their own number of numbers puts them. The further the model lies below PCA, the more it gains by not being linear. A click on a dot opens its run.',
  splitsChart:
    'The same plan, tested on crops held out in different ways. Where crops or pages are held out, the model was trained on their neighbours: the lower error is borrowed from them. A click on a dot opens its run.',
  device: 'Automatic computes on the first GPU where there is one, else on the processor.',
  precision:
    'Mixed computes convolutions with half as many bits, on GPUs only: faster, and slightly less exact.',
  series:
    'Several runs of one plan, one after the other, each scored when it is done. Several seeds: how much of a result is chance. Bottleneck ladder: how small the code may be before the picture suffers. Compare splits: how much a score flatters when test crops are from pages or pieces that were trained on.',
  batchNorm:
    'After every convolution the values are brought to mean 0 and spread 1, with a scale and offset that are learned; when looking at results, running averages are used instead of the batch’s own.',
  learningRate: 'How far one step of Adam moves the weights. Too large diverges, too small takes forever.',
  epochs: 'One epoch has used every training crop once.',
  optimistic:
    'A score is optimistic where test crops come from pieces that were also trained on, or where that is not known: on new pieces the model would do worse. Hold out whole pieces for a score that can be reported.',
  head: 'An additional classifier on the averaged bottleneck that learns to tell styles or composers apart while the autoencoder learns to reconstruct. Its weight says how much it counts; 0 leaves the autoencoder alone.',
  seed: 'All chance (first weights, order, dropout, split) comes from this number. The same plan and seed give the same weights on the same machine and threads.',
  mse: 'Mean squared error: the average of (original − reconstruction)² over all pixels, with black 0 and white 1. 0 is perfect.',
  baselines:
    'What trivial models reach on the same held-out crops: one grey for everything, or the mean of every block of 8×8, 4×4 or 2×2 pixels. A model that does not beat them has learned little.',
  bestEpoch:
    'The ring marks the epoch with the smallest error on held-out crops. Where the learning rate moves, it is the dotted line with its own axis at the right.',
  code: 'From so many numbers each crop is painted: the model’s bottleneck, the components of PCA, the blocks. Fewer is harder.',
  ssim: 'Structural similarity compares means, contrasts and shapes in small windows, nearer to what an eye sees than single pixels. 1 for identical crops, 0 for nothing in common.',
  inkMse:
    'The squared error of ink: every pixel counts as much as the original is dark there. White paper, most of a page and easily painted, counts nothing.',
  gap: 'The error above the model’s on the same crops. “Cannot be told apart” where the interval of that difference holds 0: with other pieces it might as well be the other way round.',
  scoredBaselines:
    'Painters that have learned little or nothing, on the same crops: one grey for everything, the mean of every block of pixels, the best linear code of the same size (principal components of the training crops), and this network before training. A model is worth what it gains over them.',
  accuracy:
    'How often the head names the class rightly. By chance: all classes guessed equally often. Always the same: the class that most training crops have. Pages: every crop of a page has one vote.',
  receptiveField:
    'The square of input pixels that can influence one unit of a layer. Deeper layers see larger squares.',
  bottleneck:
    'The layer in the middle, through which everything must pass that the decoder draws. If it holds as many numbers as the picture has pixels, nothing forces the model to choose.',
} as const
