"""Directories in Open Referral HSDS: 2.x and 3.0 in, 3.0 out (https://docs.openreferral.org, version 3.0)."""
