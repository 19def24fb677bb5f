// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>

namespace spillway::test {

/// For its lifetime the test has no more rights than anybody: root may write in a read-only folder, users may not.
/// Files the test needs are made meanwhile.
class OrdinaryUser
{
public:
    OrdinaryUser()
        : m_wasRoot(::geteuid() == 0)
    {
        constexpr uid_t nobody = 65'534;
        m_isOrdinary = !m_wasRoot || ::seteuid(nobody) == 0;
    }
    ~OrdinaryUser()
    {
        if (m_wasRoot && ::seteuid(0) != 0)
            ::_exit(70); // as somebody else the remaining tests would tell nonsense
    }
    OrdinaryUser(const OrdinaryUser&) = delete;
    OrdinaryUser& operator=(const OrdinaryUser&) = delete;
    [[nodiscard]] bool isOrdinary() const { return m_isOrdinary; }

private:
    bool m_wasRoot;
    bool m_isOrdinary;
};

} // namespace spillway::test
