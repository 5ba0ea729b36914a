/**
 * NVIDIA's libraries for the GPU build: what pip chose for `tensorflow[and-cuda]` 2.21.0 when this list was made. Which
 * packages are needed, and in which versions, is said by TensorFlow's own wheel at set-up and compared with this list;
 * the list says which file each must be. `unpackedBytes` counts what is taken out of it (cuda.mjs).
 */
const wheel = (name, version, platform, facts) => ({
  package: `nvidia-${name}-cu12`,
  version,
  platform: `${platform}_x86_64`,
  ...facts,
})

export const CUDA_WHEELS = [
  wheel('cublas', '12.9.3.13', 'manylinux_2_27', {
    sizeBytes: 581_217_458,
    unpackedBytes: 854_310_592,
    sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  }),
  wheel('cuda-cupti', '12.8.90', 'manylinux2014', {
    sizeBytes: 10_248_621,
    unpackedBytes: 7_595_792,
    sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
  }),
  wheel('cuda-nvcc', '12.9.86', 'manylinux2010', {
    sizeBytes: 40_546_229,
    unpackedBytes: 35_417_224,
    sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  }),
  wheel('cuda-nvrtc', '12.9.86', 'manylinux2010', {
    sizeBytes: 89_568_129,
    unpackedBytes: 113_447_240,
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  }),
  wheel('cuda-runtime', '12.9.79', 'manylinux2014', {
    sizeBytes: 3_493_179,
    unpackedBytes: 741_088,
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  }),
  wheel('cudnn', '9.28.0.42', 'manylinux_2_27', {
    sizeBytes: 716_538_495,
    unpackedBytes: 1_162_393_472,
    sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  }),
  wheel('cufft', '11.4.1.4', 'manylinux2014', {
    sizeBytes: 200_877_592,
    unpackedBytes: 291_507_928,
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  }),
  wheel('curand', '10.3.10.19', 'manylinux_2_27', {
    sizeBytes: 68_295_626,
    unpackedBytes: 166_965_432,
    sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  }),
  wheel('cusolver', '11.7.5.82', 'manylinux_2_27', {
    sizeBytes: 338_117_415,
    unpackedBytes: 302_024_152,
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  }),
  wheel('cusparse', '12.5.10.65', 'manylinux2014', {
    sizeBytes: 366_465_088,
    unpackedBytes: 486_556_368,
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  }),
  wheel('nccl', '2.32.3', 'manylinux_2_27', {
    sizeBytes: 351_526_311,
    unpackedBytes: 473_614_536,
    sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  }),
  wheel('nvjitlink', '12.9.86', 'manylinux2010', {
    sizeBytes: 39_748_338,
    unpackedBytes: 95_935_344,
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  }),
]
