// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/help/helppage.h"

#include "views/help/manualview.h"
#include "views/theme/fonts.h"
#include "views/widgets/splitview.h"

#include <QDir>
#include <QFile>
#include <QListWidget>

using namespace Qt::Literals::StringLiterals;

// Outside any namespace, as the macro asks.
static void initManual()
{
    Q_INIT_RESOURCE(manual);
}

namespace spillway::views {

namespace {

const QString folder = u":/spillway/manual/"_s;

QString titleOf(const QString& name)
{
    QFile file(folder + name + u".md"_s);
    if (!file.open(QIODevice::ReadOnly))
        return name;
    const QString first = QString::fromUtf8(file.readLine()).trimmed();
    return first.startsWith(u"# "_s) ? first.mid(2) : name;
}

} // namespace

HelpPage::HelpPage(const ViewContext& context)
    : Page(context, u"help"_s, tr("Manual"), u"help"_s)
{
    initManual();
    m_contents = new QListWidget(this);
    m_contents->setObjectName(u"manualContents"_s);
    m_contents->setAccessibleName(tr("Contents"));
    m_contents->setFont(uiFont());
    m_text = new ManualView(this);
    m_text->setObjectName(u"manualText"_s);
    auto* split = new SplitView(u"help"_s, Qt::Horizontal, {1, 4}, this);
    split->addWidget(m_contents);
    split->addWidget(m_text);
    setContent(split);
    headline().setSentence(tr("Manual"));
    QStringList names = QDir(folder).entryList({u"*.md"_s}, QDir::Files, QDir::Name);
    names.removeAll(u"index.md"_s);
    names.prepend(u"index.md"_s);
    for (const QString& name : std::as_const(names)) {
        auto* item = new QListWidgetItem(titleOf(name.chopped(3)), m_contents);
        item->setData(Qt::UserRole, name.chopped(3));
    }
    connect(m_contents, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* item) {
        if (item)
            showManual(item->data(Qt::UserRole).toString());
    });
    connect(m_text, &ManualView::pageAsked, this, &HelpPage::open);
    m_contents->setCurrentRow(0);
    pane().showContent();
}

void HelpPage::open(const QString& argument)
{
    const QString name = argument.endsWith(u".md"_s) ? argument.chopped(3) : argument;
    for (int row = 0; row < m_contents->count(); ++row) {
        if (m_contents->item(row)->data(Qt::UserRole).toString() == name)
            m_contents->setCurrentRow(row);
    }
}

void HelpPage::takeFocus()
{
    m_contents->setFocus();
}

void HelpPage::showManual(const QString& name)
{
    QFile file(folder + name + u".md"_s);
    if (file.open(QIODevice::ReadOnly))
        m_text->showMarkdown(QString::fromUtf8(file.readAll()));
}

} // namespace spillway::views
