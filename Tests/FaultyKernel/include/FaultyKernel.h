/* Nothing is called by name: the library stands before glibc's calls (LD_PRELOAD) and makes some of them fail. */
