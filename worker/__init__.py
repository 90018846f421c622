"""What happens later: rq entry points and loops only; every move and every rule lives in app."""
