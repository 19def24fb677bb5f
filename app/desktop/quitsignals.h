// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/filedescriptor.h"

#include <QObject>

namespace spillway {

/// Ends the desktop as its window would when it is told to from outside: SIGTERM (log-out, `kill`), SIGINT (Ctrl+C
/// where it was started) and SIGHUP (that terminal was closed). What was accepted is written, the demo's folder goes. A
/// second one ends the process at once. One object at a time; made and destroyed in the UI thread, while its event loop
/// is to end.
class QuitSignals final : public QObject
{
    Q_OBJECT
public:
    explicit QuitSignals(QObject* parent = nullptr);
    ~QuitSignals() override;

private:
    FileDescriptor m_out; // what a handler writes a byte to: it may do little else
    FileDescriptor m_in;
};

} // namespace spillway
