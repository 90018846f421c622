"""Staff: who may enter the inbox, by which secrets, as what; and what is noted of what they did.

Pure, but for chance and the clock of whoever calls: account, codes, factors, passkeys, passphrase, audit. The others work on the
memories: sign_in, invitations.
"""
