// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/store/filedescriptor.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

namespace spillway {

/// Who holds a state directory, as its lock file says.
struct HolderProcess
{
    qint64 pid = 0;
    QString program;
    friend bool operator==(const HolderProcess&, const HolderProcess&) = default;
    /// `spillway (process 4711)`
    [[nodiscard]] QString toString() const;
};

/// The folder with samples.sqlite and ledger.sqlite, held by one process: the only writer and the only checkpointer.
/// Held by `flock`, so that the end of the process frees it, however it ends. Any thread; stays where it is made.
class StateDirectory
{
public:
    /// Creates the folder (0700) where needed, and holds it. Conflict names the holder; Unreachable what cannot be made
    /// or written. Never waits.
    /// @param program  what others are told holds it: `spillway`, `spillwayctl collect`.
    [[nodiscard]] static Result<std::unique_ptr<StateDirectory>> hold(const QString& folder, const QString& program);
    ~StateDirectory();
    StateDirectory(const StateDirectory&) = delete;
    StateDirectory& operator=(const StateDirectory&) = delete;

    [[nodiscard]] const QString& folder() const { return m_folder; } ///< absolute
    [[nodiscard]] QString samplesFile() const { return m_folder + QStringLiteral("/samples.sqlite"); }
    [[nodiscard]] QString ledgerFile() const { return m_folder + QStringLiteral("/ledger.sqlite"); }
    [[nodiscard]] const HolderProcess& holder() const { return m_holder; } ///< ourselves
    /// What does not stop us but should be told: a network file system.
    [[nodiscard]] const QStringList& warnings() const { return m_warnings; }

private:
    StateDirectory(QString folder, HolderProcess holder, FileDescriptor lock, QStringList warnings);

    QString m_folder;
    HolderProcess m_holder;
    FileDescriptor m_lock;
    QStringList m_warnings;
};

/// Whether the files of a folder may be read: without this, one that is closed to us looks as if nothing had been
/// collected. What is not there yet is no fault. Unreachable names the folder or the file, and why.
[[nodiscard]] Status readableState(const QString& folder);

/// What the lock file of a folder says, if the process it names lives. For messages: only `hold` knows for certain.
[[nodiscard]] std::optional<HolderProcess> namedHolder(const QString& folder);

} // namespace spillway
