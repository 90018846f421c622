"""Nothing lost: real servers, real workers, and somebody who kills them while people ask for a lawyer."""
