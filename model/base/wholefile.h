// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QByteArray>
#include <QFileDevice>
#include <QString>

#include <memory>

namespace spillway {

/// A file that somebody named, to be written: whole, or left as it was, whatever happens in between. What is no plain
/// file (/dev/stdout, a pipe) is written to as it goes and never replaced. One thread. Errors are Unreachable:
/// `NAME cannot be written: why`.
class WholeFile
{
public:
    explicit WholeFile(const QString& name);
    ~WholeFile(); ///< without `commit` the file is as it was

    /// @param permissions  of a plain file; none: as usual. A stream keeps its own.
    [[nodiscard]] Status open(QFileDevice::Permissions permissions = {});
    /// Opened: where the bytes go.
    [[nodiscard]] QFileDevice& device() { return *m_file; }
    [[nodiscard]] Status write(const QByteArray& bytes);
    /// What was written is with the system: a full disk is told now and not by `commit`.
    [[nodiscard]] Status flush();
    /// The new one takes the old one's place. Anything that went wrong before is told here at the latest.
    [[nodiscard]] Status commit();

private:
    [[nodiscard]] tl::unexpected<Error> failed() const;

    std::unique_ptr<QFileDevice> m_file;
};

/// All at once.
[[nodiscard]] Status writeWhole(const QString& name, const QByteArray& bytes);

/// Whether a name stands for something that is written to and not replaced: a device, a pipe, a socket, also behind
/// links.
[[nodiscard]] bool isStream(const QString& name);

} // namespace spillway
