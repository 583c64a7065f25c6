"""Work of intake beside the answering of requests: files read in a process aside, loads carried through."""
