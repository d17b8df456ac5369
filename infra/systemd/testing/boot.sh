#!/bin/sh
# Boots a systemd in namespaces of its own, as `boot.sh <project> <what is to be in /etc/surfaces> <targets…>`. Everything that it
# could change lies in memory: /etc is a copy; /run, /tmp, /srv and /opt are empty. It knows no units but those of the project and
# the empty targets named, so that nothing of this machine is started.
set -eu
project=$1 settings=$2
shift 2
mount --make-rprivate /
# As at a boot: credentials are mounts that units see coming.
mount --make-rshared /
umount -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /opt
mkdir /opt/surfaces /opt/etc /opt/settings
mount --bind "$project" /opt/surfaces
cp -a /etc/. /opt/etc/
rm -rf /opt/etc/systemd/system /opt/etc/surfaces
mkdir -p /opt/etc/systemd/system
cp -a "$settings" /opt/etc/surfaces
mount --bind /opt/etc /etc
for folder in /run /srv /var/tmp; do mount -t tmpfs -o mode=755 tmpfs $folder; done
mount -t tmpfs tmpfs /tmp
mkdir -p /run/systemd/system /run/log
for target in "$@"; do printf '[Unit]\nDescription=%s\nDefaultDependencies=no\n' "$target" > "/run/systemd/system/$target"; done
exec env -i container=surfaces-test PATH=/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_UNIT_PATH=/etc/systemd/system:/run/systemd/system \
  /lib/systemd/systemd --system --unit=boot.target --log-target=console --log-level=info --show-status=no
