"""`python -m experiments.mutants`: what `make mutants` runs."""

import sys

from experiments.mutants.judge import main

sys.exit(main())
