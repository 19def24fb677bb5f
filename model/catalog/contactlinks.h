// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"

namespace spillway {

/// How a producer is reached, and the address that leads there.
struct Contact
{
    enum class Kind { OnCall, Channel };
    Kind kind = Kind::OnCall;
    QString name;    ///< as ownership.yaml has it: a rotation, a channel
    QString address; ///< http or https; empty: nobody said where it is
    friend bool operator==(const Contact&, const Contact&) = default;
};

/// The file `contacts.yaml` beside spillway.yaml: addresses in which `{name}` stands for a rotation or a channel.
struct ContactLinks
{
    QString oncallRotation; ///< `https://acme.pagerduty.com/schedules?query={name}`; empty: none
    QString slackChannel;
    QString file; ///< empty: there is none
    friend bool operator==(const ContactLinks&, const ContactLinks&) = default;

    /// On-call first; what ownership.yaml does not name is left out. A name that is a web address is its own address; a
    /// channel stands in its address without its `#`. Pure.
    [[nodiscard]] std::vector<Contact> contactsOf(const ProducerEntry& producer) const;
};

/// Without the file: no addresses. Every fault at once. Blocking; any thread.
[[nodiscard]] Checked<ContactLinks> readContactLinks(const Workspace& workspace);

} // namespace spillway
