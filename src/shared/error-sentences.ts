/** Every expected failure: its stable code, what it needs to know, and its one sentence. Grouped by noun. */
export const SENTENCES = {
  // requests and processes
  'request/invalid': (d: { request: string; problem: string }) => `${d.request}: ${d.problem}`,
  'request/unknown': (d: { request: string }) => `There is no request called ${d.request}.`,
  'request/deadline': (d: { request: string; seconds: number }) =>
    `${d.request} was not answered within ${d.seconds} s: try once more, or run "scorescope doctor".`,
  'process/exited': (d: { process: string; reason: string; doing: string }) =>
    `The ${d.process} process stopped (${d.reason}) while ${d.doing}; it will be started again, so try once more.`,
  'process/not-ready': (d: { process: string; seconds: number; reason: string }) =>
    `The ${d.process} process was not ready after ${d.seconds} s (${d.reason}); run "scorescope doctor" to see what is missing.`,
  'process/not-started': (d: { process: string; reason: string }) =>
    `The ${d.process} process ended before it was ready (${d.reason}): run "scorescope doctor" to see what is missing.`,
  'process/given-up': (d: { process: string; times: number; reason: string }) =>
    `The ${d.process} process stopped ${d.times} times in a row (${d.reason}): run "scorescope doctor" to see what is missing, or try once more.`,
  'process/no-node': (d: { folder: string }) =>
    `No Node binary was found at or above ${d.folder}: run "npm install" in a checkout, or install Scorescope again.`,
  'connection/closed': (d: { to: string }) =>
    `The connection to the ${d.to} closed before it answered; reopen the window.`,

  // serve
  'serve/not-loopback': (d: { host: string }) =>
    `${d.host} can be reached from other machines: add --allow-remote if you mean that, or leave it at 127.0.0.1 and use an SSH tunnel.`,
  'serve/no-renderer': (d: { folder: string }) =>
    `The window's files are not in ${d.folder}: run "npm run build" in a checkout, or install Scorescope again.`,
  'serve/port-taken': (d: { host: string; port: number; reason: string }) =>
    `Port ${d.port} of ${d.host} cannot be used (${d.reason}): choose another with --port, or leave it out for a free one.`,

  // project
  'project/none-open': () => 'No project is open: open or create one first.',
  'project/bad-name': (d: { folder: string }) =>
    `${d.folder} cannot be a project: choose a folder whose name ends in .scorescope.`,
  'project/not-found': (d: { folder: string }) =>
    `${d.folder} is not a Scorescope project: no project.sqlite is in it.`,
  'project/exists': (d: { folder: string }) => `${d.folder} already exists: open it, or choose another name.`,
  'project/locked': (d: { folder: string; pid: number }) =>
    `${d.folder} is open in another Scorescope (process ${d.pid}): close it there first.`,
  'project/locked-elsewhere': (d: { folder: string; host: string; lock: string }) =>
    `${d.folder} is open on the computer ${d.host}: close it there; if that computer crashed, delete ${d.lock} in it.`,
  'project/too-new': (d: { folder: string; found: number; known: number }) =>
    `${d.folder} was made by a newer Scorescope (schema ${d.found}, this one knows ${d.known}): update Scorescope to open it.`,
  'project/damaged': (d: { folder: string; problem: string }) =>
    `The catalogue of ${d.folder} is damaged (${d.problem}): repair it from a copy in Scorescope's window, or with "scorescope repair".`,
  'project/backup-unfit': (d: { backup: string; problem: string }) =>
    `The copy ${d.backup} cannot be restored (${d.problem}): choose another.`,
  'project/not-recoverable': (d: { folder: string; problem: string }) =>
    `Nothing can be read of the catalogue of ${d.folder} any more (${d.problem}): restore a copy instead.`,
  'project/no-write': (d: { folder: string; reason: string }) =>
    `${d.folder} cannot be written to (${d.reason}): free some space or choose another folder.`,

  // corpus
  'corpus/folder-missing': (d: { folder: string }) =>
    `${d.folder} does not exist or is not a folder: choose another.`,
  'corpus/folder-empty': (d: { folder: string }) =>
    `${d.folder} holds no JPEG, PNG, TIFF or WebP images and no PDFs: choose the folder that holds the styles, composers and pieces.`,
  'corpus/nothing-given': () => 'Nothing was given to import: choose a folder or files.',
  'corpus/page-unknown': (d: { page: number }) => `There is no page ${d.page} in this project.`,
  'corpus/page-unreadable': (d: { file: string; reason: string }) =>
    `${d.file} cannot be read (${d.reason}): put the file back or import it again.`,
  'corpus/page-changed': (d: { file: string }) =>
    `${d.file} changed since it was imported: put the original back, or take the new version among the missing and changed files.`,
  'corpus/picture-refused': (d: { reason: string }) => `This picture cannot be a page: ${d.reason}.`,
  'corpus/csv-unreadable': (d: { file: string; problem: string }) =>
    `${d.file} cannot be used as a list of pages: ${d.problem}.`,
  'corpus/query-invalid': (d: { query: string; problem: string }) =>
    `The search "${d.query}" cannot be read: ${d.problem}.`,

  // files
  'files/proposal-unknown': (d: { proposal: number }) =>
    `There is no proposal ${d.proposal} in this project: look for the files once more.`,
  'files/proposal-differs': (d: { path: string }) =>
    `${d.path} has only the name of the page's file, not its bytes: take it as a new version instead.`,
  'files/not-amiss': (d: { page: number }) =>
    `The file of page ${d.page} is neither missing nor changed: look at the files once more.`,
  'files/watch-unknown': (d: { id: number }) => `There is no watched folder ${d.id} in this project.`,

  // pictures
  'picture/unknown': (d: { address: string }) => `There is no picture at ${d.address}.`,

  // catalogue
  'catalogue/node-unknown': (d: { level: string; id: number }) =>
    `There is no ${d.level} ${d.id} in this project: read the tree again.`,
  'catalogue/name-taken': (d: { level: string; name: string }) =>
    `There is a ${d.level} called ${d.name} there already: merge the two, or choose another name.`,
  'catalogue/pages-apart': (d: { pieces: number }) =>
    `These pages belong to ${d.pieces} pieces: order the pages of one piece at a time.`,
  'catalogue/region-outside': (d: { x: number; y: number; width: number; height: number; file: string }) =>
    `The region of ${d.width} × ${d.height} pixels at ${d.x}, ${d.y} does not lie on ${d.file}: draw it within the page.`,
  'catalogue/value-unfit': (d: { field: string; value: string; wanted: string }) =>
    `"${d.value}" does not fit the field ${d.field}: write ${d.wanted}.`,
  'catalogue/field-reserved': (d: { field: string }) =>
    `The field ${d.field} belongs to Scorescope: choose another name.`,
  'catalogue/nothing-to-undo': () => 'There is nothing to undo in this catalogue.',
  'catalogue/nothing-to-redo': () => 'There is nothing to redo in this catalogue.',
  'catalogue/changed-since': (d: { label: string }) =>
    `"${d.label}" cannot be taken back or done again, because an import has changed the same pages or names since: change them by hand.`,
  'catalogue/list-unreadable': (d: { problem: string }) =>
    `The list cannot be used (${d.problem}): give a CSV with a column "file", as the export writes it.`,
  'catalogue/search-unknown': (d: { id: number }) => `There is no saved search ${d.id} in this project.`,

  // sampling
  'sampling/no-pages': () => 'There are no pages to sample: import a folder of page images first.',
  'sampling/set-unknown': (d: { sampleSet: number }) =>
    `There is no sample set ${d.sampleSet} in this project.`,
  'sampling/set-gone': (d: { sampleSet: number; reason: string }) =>
    `The samples of set ${d.sampleSet} are gone (${d.reason}): put samples/${d.sampleSet}.u8 back from a copy of the project, or draw samples and train again.`,
  'sampling/none-yet': () => 'There is no sample set yet: draw samples first.',
  'sampling/none-found': (d: { where: string }) =>
    `No page fits the search "${d.where}": change it, or sample all pages.`,
  'sampling/all-excluded': (d: { excluded: number }) =>
    `All ${d.excluded} pages that could be sampled are left out by hand: take some in again.`,
  'sampling/nothing-accepted': (d: { pages: number; refused: string }) =>
    d.refused === ''
      ? `None of the ${d.pages} pages gave a sample: they are all smaller than a crop, so lower the crop size.`
      : `None of the ${d.pages} pages gave a sample (draws refused: ${d.refused}): loosen these limits or lower the crop size.`,
  'sampling/index-unknown': (d: { index: number; samples: number }) =>
    `There is no sample ${d.index}: this set has samples 0 to ${d.samples - 1}.`,
  'sampling/store-damaged': (d: { file: string; problem: string }) =>
    `The sample file ${d.file} is damaged (${d.problem}): draw the samples again with the same seed.`,

  // system
  'system/nothing-to-tune': (d: { reason: string }) =>
    `Nothing could be measured on this machine (${d.reason}): run "scorescope doctor" to see what is missing.`,

  // model and training
  'model/spec-unreadable': (d: { spec: string }) =>
    `The model "${d.spec}" cannot be read: write blocks such as 3x16@5,3x32@3 (convolutions x filters @ kernel; >8 after the last one narrows the bottleneck to 8 channels).`,
  'model/size-indivisible': (d: { inputSize: number; divisor: number }) =>
    `An input of ${d.inputSize} pixels cannot be halved for every block: choose a multiple of ${d.divisor}.`,
  'model/size-not-reducible': (d: { inputSize: number; cropSize: number }) =>
    `Samples of ${d.cropSize} pixels cannot be reduced to ${d.inputSize}: choose a size that divides ${d.cropSize}.`,
  'training/too-few-groups': (d: { by: string; groups: number }) =>
    `Only ${d.groups} ${d.by}(s) have samples, so none can be held out: add pages or split by crop.`,
  'evaluation/nothing-held-out': (d: { run: string }) =>
    `Run ${d.run} has no held-out samples to be scored on: train it with a share held out.`,
  'evaluation/no-head': (d: { run: string }) =>
    `Run ${d.run} has no classification head: train it with --head style or --head composer.`,
  'training/run-unknown': (d: { run: string }) => `There is no run ${d.run} in this project.`,
  'training/not-resumable': (d: { run: string; status: string }) =>
    `Run ${d.run} is ${d.status} and cannot be resumed: start a new run.`,
  'training/interrupted': (d: { run: string; reason: string }) =>
    `Run ${d.run} was interrupted (${d.reason}): resume it to go on from its last checkpoint.`,
  'training/not-running': (d: { run: string }) => `Run ${d.run} is not training now.`,
  'training/checkpoint-damaged': (d: { file: string; problem: string }) =>
    `The checkpoint ${d.file} is damaged (${d.problem}) and was refused; an earlier one is used if there is one.`,
  'training/epoch-unknown': (d: { run: string; epoch: number; epochs: number }) =>
    `Run ${d.run} has no reconstructions of epoch ${d.epoch}: it has completed ${d.epochs} epoch(s).`,
  'training/reconstructions-damaged': (d: { file: string; problem: string }) =>
    `The reconstructions in ${d.file} are damaged (${d.problem}): look at another epoch, or train again.`,
  'training/no-checkpoint': (d: { run: string }) =>
    `Run ${d.run} has no checkpoint yet: train it for at least one epoch.`,
  'training/diverged': (d: { run: string; step: number; kept?: { step: number; epoch: number } | null }) =>
    d.kept
      ? `Run ${d.run} diverged at step ${d.step} (its numbers are no longer finite): it is kept as of step ${d.kept.step}, after ${d.kept.epoch} whole epoch(s); resume it with a lower learning rate.`
      : `Run ${d.run} diverged at step ${d.step} (its numbers are no longer finite) before its first checkpoint: resume it with a lower learning rate, and it begins again from its seed.`,
  'training/plan-damaged': (d: { run: string; problem: string }) =>
    `The plan of run ${d.run} cannot be used (${d.problem}): start a new run.`,
  'training/device-unknown': (d: { device: string; reason: string }) =>
    `Training on ${d.device} is not possible here (${d.reason}): choose another device, or leave it out.`,
  'training/precision-needs-gpu': (d: { device: string }) =>
    `Mixed precision is for GPUs, and training would run on ${d.device}: leave it at float32.`,
  'training/no-space': (d: { needBytes: number; freeBytes: number; folder: string }) =>
    `This needs ${Math.ceil(d.needBytes / 1e6)} MB in ${d.folder}, where ${Math.floor(d.freeBytes / 1e6)} MB are free: free some space first.`,
  'training/still-training': (d: { run: string }) =>
    `Run ${d.run} is still training: stop it first, or wait until it has ended.`,
  'series/unknown': (d: { series: string }) => `There is no series ${d.series} in this project.`,
  'series/interrupted': (d: { series: string; reason: string }) =>
    `Series ${d.series} was interrupted (${d.reason}): resume it to go on with the runs that are left.`,
  'series/complete': (d: { series: string }) =>
    `Series ${d.series} is complete: start another one to train more runs.`,
  'series/not-narrower': (d: { spec: string; channels: number }) =>
    `The model "${d.spec}" cannot have ${d.channels} channels in its bottleneck: choose from 1 to the filters of its last block.`,
  'compute/out-of-memory': () =>
    'This model needs more memory than there is: choose a smaller micro-batch, a smaller input or fewer filters.',

  // exploration
  'exploration/layer-unknown': (d: { layer: string; layers: readonly string[] }) =>
    `There is no layer ${d.layer}: this run has ${d.layers.join(', ')}.`,
  'exploration/not-switchable': (d: { channel: string }) =>
    `${d.channel} names no channel: write layer/channel, such as bottleneck/3.`,
  'exploration/channel-unknown': (d: { layer: string; channel: number; channels: number }) =>
    `Layer ${d.layer} has channels 0 to ${d.channels - 1}, not ${d.channel}.`,
  'exploration/piece-unknown': (d: { piece: number }) =>
    `There is no piece ${d.piece} with pages in this project: choose one from the catalogue.`,
  'exploration/features-missing': (d: { run: string }) =>
    `The features of run ${d.run} are not computed yet: run the feature pass first.`,

  // symbols
  'symbols/not-measured': (d: { run: string }) =>
    `Run ${d.run} has not been shown the probe sheet yet: show it first.`,

  // findings
  'findings/too-few-classes': (d: { field: string; classes: number }) =>
    `Only ${d.classes} ${d.field}(s) have two or more pieces, so none can be told from another: add pieces, or choose another field.`,
  'findings/shuffle-unfit': (d: { field: string; shuffle: string }) =>
    `Shuffling "${d.shuffle}" would leave every ${d.field} as it is: choose "pieces", or another way of shuffling.`,
  'findings/field-unknown': (d: { field: string }) =>
    `No page of these samples has a field "${d.field}": name one that is in the catalogue, or ink, or staff space.`,
  'findings/too-many-fields': (d: { columns: number; units: number }) =>
    `${d.columns} things to be taken out are too many for ${d.units} pieces or composers that are shuffled (at most one for three): name fewer fields.`,
  'findings/other-samples': (d: { run: string; other: string }) =>
    `Runs ${d.run} and ${d.other} were not trained on the same samples, so their channels cannot be compared: choose runs of one sample set.`,
  'findings/too-many-channels': (d: { channels: number; most: number }) =>
    `${d.channels} channels are too many to be compared at once (at most ${d.most}): choose fewer runs or one layer.`,
  'findings/nothing-differs': (d: { run: string }) =>
    `No chosen channel of run ${d.run} differs from sample to sample: choose another layer, or train the run for longer.`,
  'findings/recurrence-unknown': (d: { recurrence: number }) =>
    `There is no recurrence ${d.recurrence} in this project.`,

  // naming
  'naming/list-unknown': (d: { list: number }) => `There is no list ${d.list} in this project.`,
  'naming/list-taken': (d: { name: string }) =>
    `There is a list called ${d.name} already: choose another name.`,
  'naming/order-differs': (d: { list: number }) =>
    `The new order of list ${d.list} does not hold each of its channels once: read the list again and order that.`,

  // latent space
  'latent/too-few-crops': (d: { crops: number }) =>
    `A map needs at least 3 crops, and this sample set has ${d.crops}: draw more samples.`,
  'latent/field-unknown': (d: { field: string; fields: readonly string[] }) =>
    `There is no field ${d.field} to probe: choose from ${d.fields.join(', ')}.`,
  'latent/index-unknown': (d: { run: string; index: number }) =>
    `Sample ${d.index} is not among those that the features of run ${d.run} were computed of: choose another.`,
  'latent/selection-unknown': (d: { id: number }) => `There is no selection ${d.id} in this project.`,

  // sharing
  'sharing/extension': (d: { file: string; format: string }) =>
    `${d.file} does not end in .${d.format}: name the file so, since that is what it will hold.`,
  'sharing/no-head': (d: { run: string }) =>
    `Run ${d.run} has no classification head: export another part, or train with one.`,
  'sharing/file-unreadable': (d: { file: string; problem: string }) =>
    `${d.file} cannot be read as a model (${d.problem}): write it as safetensors with the names in docs/model-exchange.md.`,
  'sharing/model-unknown': (d: { file: string; missing: string }) =>
    `${d.file} does not say the ${d.missing} of its model: say it beside the file, for example --spec 2x16@3,2x32@3 --size 112.`,
  'sharing/tensor-missing': (d: { file: string; names: string; spec: string }) =>
    `${d.file} lacks ${d.names}: a model ${d.spec} needs every name in docs/model-exchange.md.`,
  'sharing/tensor-unknown': (d: { file: string; names: string; spec: string }) =>
    `${d.file} holds ${d.names}, which a model ${d.spec} does not have: leave it out, or say the right model.`,
  'sharing/tensor-shape': (d: { file: string; name: string; found: string; expected: string }) =>
    `${d.name} in ${d.file} is ${d.found} where ${d.expected} is needed: transpose it, or say the right model.`,
  'sharing/tensor-type': (d: { file: string; name: string; type: string }) =>
    `${d.name} in ${d.file} is ${d.type}: write it as F32.`,
  'sharing/tensor-not-finite': (d: { file: string; name: string }) =>
    `${d.name} in ${d.file} holds a value that is not a finite number: export the model before it diverged.`,

  // jobs
  'job/busy': (d: { job: string; label: string }) =>
    `"${d.label}" is still going on (job ${d.job}): wait for it, or cancel it first.`,
  'job/unknown': (d: { job: string }) => `There is no job ${d.job}.`,
  'job/interrupted': (d: { job: string }) =>
    `Job ${d.job} was interrupted when Scorescope stopped: start it again.`,
} as const satisfies Record<string, (details: never) => string>

export type ErrorCode = keyof typeof SENTENCES

/** What a failure's sentence needs to know. */
export type ErrorDetails<Code extends ErrorCode> =
  Parameters<(typeof SENTENCES)[Code]> extends [infer Details]
    ? Details & Record<string, unknown>
    : Record<string, never>
