#!/bin/sh
# `journalctl --unit UNIT …`: what the unit has printed since it was started.
exec cat /var/log/"$2".journal
