// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/cataloglint.h"

#include <QTemporaryDir>

namespace spillway::test {

/// A workspace without a fault, in which a test spoils one thing.
class LintScene
{
public:
    LintScene();
    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
    void write(const QString& name, const QByteArray& text) const;
    [[nodiscard]] QByteArray read(const QString& name) const;
    /// Replaces the first `before` in a file; the test fails when it is not there.
    void change(const QString& name, const QByteArray& before, const QByteArray& after) const;
    [[nodiscard]] CatalogSources sources() const;
    [[nodiscard]] LintResult lint() const; ///< as of 2026-11-26

    Workspace workspace;

private:
    QTemporaryDir m_folder;
};

} // namespace spillway::test
