// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextBrowser>

namespace spillway::views {

/// Shows the manual's own text. Loads nothing but pictures of the manual; links to other pages are signals, all others
/// are dead.
class ManualView final : public QTextBrowser
{
    Q_OBJECT
public:
    explicit ManualView(QWidget* parent = nullptr);
    void showMarkdown(const QString& markdown);
    [[nodiscard]] QVariant loadResource(int type, const QUrl& name) override;

Q_SIGNALS:
    void pageAsked(const QString& name);

protected:
    void changeEvent(QEvent* event) override;

private:
    void render();
    QString m_markdown;
    bool m_isRendering = false;
};

} // namespace spillway::views
