"""``flask doctor`` 体检: what is wrong with this installation, in sentences, and what to do."""
