"""Weekly delivery: the e-mail and the webhooks, sent from the outbox by any number of workers."""
